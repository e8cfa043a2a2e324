import type { BundleManifest } from '@ichor/bundle';
import { proportionInterval } from '@ichor/metrics';
import { html, renderPage, type Html } from '@ichor/report';
import type { FailedStudy } from './run-file.js';

/** What the overview keeps of a study: a few hundred bytes, so that a thousand studies are nothing. */
export interface StudyLine {
  readonly name: string;
  readonly slices: number;
  readonly calibrated: readonly number[];
  /** Per label; null where there is no threshold. */
  readonly above: readonly (boolean | null)[];
  readonly warnings: number;
}

/** The overview of a run: every study, most suspicious first, with links to their pages. */
export function runPage(
  manifest: BundleManifest,
  lines: readonly StudyLine[],
  failed: readonly FailedStudy[],
): string {
  const sorted = [...lines].sort((a, b) => b.calibrated[0]! - a.calibrated[0]!);
  const cell = (line: StudyLine, label: number) =>
    html`<td
      class="${line.above[label] ? 'above' : ''}"
      style="--p:${(line.calibrated[label]! * 100).toFixed(1)}%"
    >
      ${line.calibrated[label]!.toFixed(3)}
    </td>`;
  const rows = sorted.map(
    (line) =>
      html`<tr>
        <td><a href="studies/${line.name}/report.html">${line.name}</a></td>
        ${manifest.labels.map((_, label) => cell(line, label))}
        <td>${line.slices}</td>
        <td>${line.warnings === 0 ? '' : line.warnings}</td>
      </tr>`,
  );
  const flagged = lines.filter(({ above }) => above[0]).length;
  return renderPage({
    title: 'Ichor: predicted studies',
    style: `
      td.above { color: var(--warn); font-weight: 600; }
      td[style] { background: linear-gradient(90deg, #ffb4542e var(--p), transparent 0); padding-left: 8px; }`,
    body: html`<h1>${lines.length} ${lines.length === 1 ? 'study' : 'studies'}</h1>
      <p>
        ${flagged} at or above the threshold of
        “any”${failed.length === 0 ? '' : html`; <a href="#failed">${failed.length} could not be predicted</a>`}.
        Calibrated probabilities by the bundle ${manifest.name}; most suspicious first.
      </p>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>study</th>
              ${manifest.labels.map((label) => html`<th>${label}</th>`)}
              <th>slices</th>
              <th>warnings</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>
      ${notPredicted(failed)} ${thresholds(manifest)}`,
  });
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

function thresholds({ labels, thresholds: fixed }: BundleManifest): Html {
  const rows = labels.flatMap((label, index) => {
    const one = fixed[index];
    if (!one) return [];
    const share = (value: number, cases: number) => {
      const { low, high } = proportionInterval(Math.round(value * cases), cases);
      return html`${value.toFixed(3)} <span class="faint">${low.toFixed(3)} to ${high.toFixed(3)}</span>`;
    };
    return [
      html`<tr>
        <td>${label}</td>
        <td>${one.threshold.toFixed(3)}</td>
        <td>${share(one.sensitivity, one.positives)}</td>
        <td>${share(one.specificity, one.negatives)}</td>
        <td>${one.positives} / ${one.positives + one.negatives}</td>
      </tr>`,
    ];
  });
  return html`<h2>Thresholds</h2>
    <table>
      <tr>
        <th>label</th>
        <th>threshold</th>
        <th>sensitivity</th>
        <th>specificity</th>
        <th>positive studies</th>
      </tr>
      ${rows}
    </table>
    <p class="faint">
      On calibrated probabilities of studies. The shares are those of the training set, out of fold, with 95 %
      intervals.
    </p>`;
}
