import { present } from '@ichor/files/present';
import { readFileSync } from 'node:fs';
import { displayWindows } from '@ichor/windowing/pictures';
import { html, jsonScript } from '../html.js';
import { renderPage } from '../page.js';
import { edgeMarks } from './edge-marks.js';
import { encodeSlice } from './encode-slice.js';
import { alarm, operatingPointTable } from '../operating-points.js';
import { answer, headline, keySlices, navigationLinks, provenance, viewer } from './sections.js';
import { separatedLabels, type ReportSlice, type StudyReport } from './study-report.js';
import { studyStyle } from './study-style.js';

/** Scripts are built into a folder next to the library; the path is the same from `src` and `dist`. */
const script = (name: string) =>
  readFileSync(new URL(`../../dist/viewer/${name}.js`, import.meta.url), 'utf8');

/** One self-contained page about one study. */
export function renderStudy(report: StudyReport): string {
  const data = {
    first: report.keySlices[0] ?? Math.floor(report.slices.length / 2),
    windows: Object.values(displayWindows),
    slices: report.slices.map((slice) => ({
      ...encodeSlice(slice.picture),
      heat: encodeHeat(slice),
      marks: edgeMarks(slice.orientation),
      millimetres: slice.fieldOfView?.width,
    })),
  };
  const shown = separatedLabels(report);
  const numbers = {
    labels: shown.map((label) => present(report.labels[label])),
    slices: report.slices.map(({ name, position, raw, calibrated }) => ({
      name,
      position: position ?? null,
      raw: shown.map((label) => present(raw[label])),
      calibrated: shown.map((label) => present(calibrated[label])),
    })),
  };
  return renderPage({
    title: `${report.title}: intracranial hemorrhage`,
    notice: report.notice,
    style: studyStyle,
    ...(report.footer === undefined ? {} : { footer: report.footer }),
    scripts: [script('navigation'), script('viewer')],
    body: html`${navigationLinks(report)}
      <h1>${report.title}</h1>
      ${alarm(report.alarm)} ${headline(report)} ${answer(report)}
      <h2>Slices</h2>
      ${viewer(report)}
      <h2>Key slices</h2>
      ${keySlices(report)} ${operatingPointTable(report.operatingPoints ?? [])} ${provenance(report)}
      ${jsonScript('study', data)} ${jsonScript('numbers', numbers)}`,
  });
}

function encodeHeat({ heat }: ReportSlice) {
  if (!heat) return undefined;
  const bytes = Uint8Array.from(heat.data, (value) => Math.round(255 * Math.min(Math.max(value, 0), 1)));
  const values = Buffer.from(bytes).toString('base64');
  return { width: heat.width, height: heat.height, label: heat.label, values };
}
