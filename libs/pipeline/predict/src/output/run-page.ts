import { bundleHash, separationOf, separationWarning, type BundleManifest } from '@ichor/bundle';
import { present } from '@ichor/files';
import { alarm, html, operatingPointTable, renderPage, wideTable, type Html } from '@ichor/report';
import { SUSPICION, type Headline } from './headline.js';
import { operatingPoints } from './operating-points.js';
import type { FailedStudy } from './run-file.js';

/** The data of a study in the overview: a few hundred bytes, so a thousand studies need little memory. */
export interface StudyLine {
  readonly name: string;
  readonly slices: number;
  readonly calibrated: readonly number[];
  readonly headline: Headline;
  /** Per label; null where there is no threshold, or the bundle does not separate. */
  readonly above: readonly (boolean | null)[];
  readonly warnings: number;
}

/** The overview of a run: every study, most suspicious first, with links to their pages. */
export function runPage(
  manifest: BundleManifest,
  lines: readonly StudyLine[],
  failed: readonly FailedStudy[],
): string {
  const separates = separationOf(manifest).map((one) => one.separates);
  // A label that is not separated must not decide the order either: such studies stay in the order of the run.
  const sorted = separates[0]
    ? [...lines].sort((a, b) => present(b.calibrated[0]) - present(a.calibrated[0]))
    : lines;
  const decided = separates[0] && manifest.thresholds[0] !== null;
  const flagged = lines.filter(({ above }) => above[0]).length;
  const byKind = lines.filter(({ above }) => !above[0] && above.some(Boolean)).length;
  return renderPage({
    title: 'Ichor: predicted studies',
    footer: `Bundle ${manifest.name}, hash ${bundleHash(manifest)}`,
    notice: manifest.notice,
    style: `
      @page { size: landscape; }
      .scroll td:first-child, .scroll th:first-child { white-space: nowrap; min-width: 0; }
      .scroll td.line { text-align: left; min-width: 20ch; white-space: normal; } td.line.suspected { color: var(--warn); }
      td.above { color: var(--warn); font-weight: 600; }
      td[style] { position: relative; z-index: 0; padding-left: 8px; }
      td[style]::before { content: ''; position: absolute; inset: 0 auto 0 0; width: var(--p); background: var(--veil); z-index: -1; }`,
    body: html`<h1>${lines.length} ${lines.length === 1 ? 'study' : 'studies'}</h1>
      ${alarm(separationWarning(manifest))}
      <p>
        ${decided ? `${flagged} at or above the threshold of “any”` : 'No decision on “any” by this bundle'}${byKind === 0 ? '' : `; ${byKind} ${decided ? 'more ' : ''}only at or above that of a kind of hemorrhage`}${failed.length === 0 ? '' : html`; <a href="#failed">${failed.length} could not be predicted</a>`}.
        Calibrated probabilities by the bundle
        ${manifest.name}${separates[0] ? '; most suspicious first' : ''}.
      </p>
      ${studyTable(sorted, manifest.labels, separates)} ${notPredicted(failed)}
      ${operatingPointTable(operatingPoints(manifest))}`,
  });
}

function studyTable(
  lines: readonly StudyLine[],
  labels: readonly string[],
  separates: readonly boolean[],
): Html {
  const rows = lines.map(
    (line) =>
      html`<tr>
        <td><a href="studies/${line.name}/report.html">${line.name}</a></td>
        <td class="line ${line.headline.kind}">${withoutSuspicion(line.headline)}</td>
        ${labels.map((_, label) => cellOf(line, label, separates[label] === true))}
        <td>${line.slices}</td>
        <td>${line.warnings === 0 ? '' : line.warnings}</td>
      </tr>`,
  );
  return wideTable(
    'studies',
    html`<table>
      <thead>
        <tr>
          <th>study</th>
          <th style="text-align:left">hemorrhage suspected</th>
          ${labels.map((label) => html`<th>${label}</th>`)}
          <th>slices</th>
          <th>warnings</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
  );
}

function cellOf({ calibrated, above }: StudyLine, label: number, separates: boolean): Html {
  const probability = present(calibrated[label]);
  return separates
    ? html`<td class="${above[label] ? 'above' : ''}" style="--p:${(probability * 100).toFixed(1)}%">
        ${probability.toFixed(3)}
      </td>`
    : html`<td class="faint" title="${probability.toFixed(3)}; the bundle does not separate">–</td>`;
}

/** The column says that it holds what is suspected. */
function withoutSuspicion({ text }: Headline): string {
  return text.startsWith(SUSPICION) ? text.slice(SUSPICION.length) : text;
}

/** Identifiers and names of files stay out of the page, as everywhere: full reasons hold both. */
function notPredicted(failed: readonly FailedStudy[]): Html {
  if (failed.length === 0) return html``;
  const shown = failed.slice(0, 100).map(({ brief }) => html`<li>${brief ?? 'it failed'}</li>`);
  return html`<h2 id="failed">Not predicted</h2>
    <ol>
      ${shown}
    </ol>
    <p class="faint">
      ${failed.length > shown.length ? `And ${failed.length - shown.length} more. ` : ''}run.json names the
      studies and says why in full, and the files that were left out.
    </p>`;
}
