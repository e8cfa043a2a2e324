import { setImmediate as nextTurn } from 'node:timers/promises';
import { present } from '@ichor/files/present';
import { around, html, Html, jsonScript } from '../html.js';
import { alarm, operatingPointTable } from '../operating-points.js';
import { renderPage, type Page } from '../page.js';
import { keySlice } from './key-slices.js';
import { provenance } from './provenance.js';
import { strip, studyData } from './strip.js';
import { separatedLabels, type StudyReport } from './study-report.js';
import { studyStyle } from './study-style.js';
import { answer, headline, navigationLinks } from './summary.js';
import { viewer } from './viewer.js';
import { viewerScript } from './viewer-script.js';

/**
 * One self-contained page about one study, in pieces: each holds one slice at most, and other work can run between
 * two of them, also where a study has hundreds of slices.
 */
export async function* renderStudy(report: StudyReport): AsyncGenerator<string> {
  const { before, after } = around((body) => new Html(renderPage(frameOf(report, body))));
  yield before.text;
  for await (const { text } of sections(report)) {
    yield text;
    await nextTurn();
  }
  yield after.text;
}

function frameOf({ title, notice, footer }: StudyReport, body: Html): Page {
  return {
    title: `${title}: intracranial hemorrhage`,
    notice,
    style: studyStyle,
    ...(footer === undefined ? {} : { footer }),
    scripts: [viewerScript()],
    body,
  };
}

async function* sections(report: StudyReport): AsyncGenerator<Html> {
  yield html`${navigationLinks(report)}
    <h1>${report.title}</h1>
    ${alarm(report.alarm)} ${headline(report)} ${answer(report)}
    <h2>Slices</h2>
    ${viewer(report)}`;
  yield* strip(report);
  yield html`<h2>Key slices</h2>`;
  for (const index of report.keySlices) yield* keySlice(report, index);
  yield html`${operatingPointTable(report.operatingPoints ?? [])} ${provenance(report)} ${studyData(report)}
  ${numbers(report)}`;
}

/** The numbers of all slices, for the table next to the viewer. */
function numbers(report: StudyReport): Html {
  const shown = separatedLabels(report);
  return jsonScript('numbers', {
    labels: shown.map((label) => present(report.labels[label])),
    slices: report.slices.map(({ name, position, raw, calibrated }) => ({
      name,
      position: position ?? null,
      raw: shown.map((label) => present(raw[label])),
      calibrated: shown.map((label) => present(calibrated[label])),
    })),
  });
}
