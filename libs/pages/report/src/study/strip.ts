import { present } from '@ichor/files/present';
import {
  displayWindows,
  edgeMarks,
  grayPicture,
  heatColors,
  heatOpacity,
  pngDataUrl,
  shrink,
} from '@ichor/windowing/pictures';
import { around, html, jsonScript, type Html } from '../html.js';
import { encodeHeat, encodeSlice } from './encode-slice.js';
import { proportions } from './proportions.js';
import { whyNoHeat, type StudyReport } from './study-report.js';

const thumbnailPixels = 72;

/** What the viewer needs to know of the study before it shows a slice. */
export function studyData({ keySlices, slices }: StudyReport): Html {
  return jsonScript('study', {
    first: keySlices[0] ?? Math.floor(slices.length / 2),
    count: slices.length,
    windows: Object.values(displayWindows),
    heat: { colors: Buffer.from(heatColors).toString('base64'), opacity: heatOpacity },
  });
}

/** All slices as small pictures, each with the data that the viewer draws. The picture of a slice is made once and not kept. */
export async function* strip(report: StudyReport): AsyncGenerator<Html> {
  const { before, after } = around(
    (slices) => html`<div id="strip" role="group" aria-label="all slices">${slices}</div>`,
  );
  yield before;
  for (const [index, slice] of report.slices.entries()) {
    // Made when it is asked for.
    const { picture } = slice;
    const marks = edgeMarks(slice.orientation);
    const thumbnail = pngDataUrl(grayPicture(shrink(picture, thumbnailPixels), displayWindows.brain));
    const highest = report.separates?.[0] === false ? 0 : Math.round(present(slice.calibrated[0]) * 100);
    const noHeat = whyNoHeat(report, index);
    const data = {
      ...(await encodeSlice(picture)),
      ...(marks ? { marks } : {}),
      ...(slice.fieldOfView ? { millimetres: slice.fieldOfView } : {}),
      ...(slice.heat ? { heat: encodeHeat(slice.heat) } : {}),
      ...(noHeat === undefined ? {} : { noHeat }),
    };
    yield html`<button
        type="button"
        data-slice="${index}"
        data-left="${marks?.left ?? ''}"
        data-top="${marks?.top ?? ''}"
        title="${slice.name}"
      >
        <img src="${thumbnail}" style="${proportions({ ...slice, picture })}" alt="slice ${index + 1}" /><i
          style="--p:${highest}%"
        ></i></button
      >${jsonScript(`slice-${index}`, data)}`;
  }
  yield after;
}
