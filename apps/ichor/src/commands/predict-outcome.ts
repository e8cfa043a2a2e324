import { formatTable } from '@ichor/cli';
import { present, printableLine } from '@ichor/files';
import type { Intake, StudyPlan } from '@ichor/intake';
import type { FailedStudy } from '@ichor/predict';

/** The printed summary of a predicted study; its folder holds everything. */
export interface StudySummary extends Pick<
  StudyPlan,
  'studyInstanceUid' | 'series' | 'otherSeries' | 'warnings'
> {
  /** Below the folder of the results. */
  readonly folder: string;
  readonly slices: number;
  /** From reading the first slice to having written the last file. */
  readonly seconds: number;
  /** Whether an earlier run of the same command had finished it. */
  readonly kept: boolean;
  /** The result at the thresholds of the bundle, in one line. */
  readonly headline: string;
  readonly calibrated: readonly number[];
  readonly aboveThreshold: readonly (boolean | null)[];
}

export interface Outcome {
  /** Why some or all of the numbers are no findings. */
  readonly alarm?: string;
  /** The notice of the bundle for every number. */
  readonly notice?: string | undefined;
  readonly labels: readonly string[];
  /** Per label, whether its numbers may be taken for findings. */
  readonly separates: readonly boolean[];
  readonly studies: readonly StudySummary[];
  readonly failed: readonly FailedStudy[];
  readonly leftOut: Intake['leftOut'];
  readonly files: readonly string[];
  /** Studies that were not begun, because the user stopped. */
  readonly notDone: number;
}

/** Number of studies and left-out files that are shown; the files hold all. */
const shown = 20;

export function outcomeAsJson(outcome: Outcome): string {
  const notice = ['Not a medical device. For research only.', outcome.notice].filter(Boolean).join(' ');
  const failed = outcome.failed.map(({ studyInstanceUid, reason, otherSeries }) => ({
    studyInstanceUid,
    reason,
    ...(otherSeries ? { otherSeries } : {}),
  }));
  return JSON.stringify({ ...outcome, notice, failed }, null, 2);
}

export function printOutcome(
  { alarm, notice, separates, labels, studies, failed, leftOut, files, notDone }: Outcome,
  print: (line: string) => void,
) {
  if (studies.length > 0) {
    print(
      formatTable(
        ['study', 'slices', ...labels],
        studies.slice(0, shown).map((study) => row(study, separates)),
      ),
    );
    if (studies.length > shown) print(`and ${studies.length - shown} more studies`);
    print('Calibrated probabilities; * at or above the threshold of the bundle; - no finding, see below.');
    for (const { studyInstanceUid, headline } of studies.slice(0, shown)) {
      print(printableLine(`${short(studyInstanceUid)}: ${headline}`));
    }
    print('');
  }
  const kept = studies.filter((study) => study.kept).length;
  if (kept > 0) print(`${kept} of ${studies.length} studies were finished before and are kept`);
  // Names of files and series come from outside: each note stays one line.
  const note = (text: string) => print(printableLine(text));
  printNotes(studies, note);
  for (const { studyInstanceUid, reason, otherSeries = [] } of failed) {
    note(`${studyInstanceUid}: not predicted: ${reason}`);
    for (const { selector, name } of otherSeries.slice(0, shown)) note(`  --series ${selector}: ${name}`);
  }
  for (const { name, reason } of leftOut.slice(0, shown)) note(`${name}: left out: ${reason}`);
  if (leftOut.length > shown) print(`and ${leftOut.length - shown} more files left out`);
  if (notDone > 0) {
    print(
      `stopped: ${notDone} ${notDone === 1 ? 'study was' : 'studies were'} not predicted; the same command resumes`,
    );
  }
  if (alarm !== undefined) print(`\nCAUTION: ${alarm}`);
  print('');
  for (const file of files) print(file);
  if (notice !== undefined) print(printableLine(notice));
  print(
    'Not a medical device. For research only: these numbers must not be used to diagnose or treat anybody.',
  );
}

function row(
  { studyInstanceUid, slices, calibrated, aboveThreshold }: StudySummary,
  separates: readonly boolean[],
): (string | number)[] {
  const numbers = calibrated.map((value, label) =>
    separates[label] ? value.toFixed(3) + (aboveThreshold[label] ? ' *' : '') : '-',
  );
  return [printableLine(short(studyInstanceUid)), slices, ...numbers];
}

/**
 * Which series was read, which was not, and reasons not to trust the numbers. A note on several studies is
 * printed once; a note on one study names the series, so that it can be requested.
 */
function printNotes(studies: readonly StudySummary[], print: (line: string) => void) {
  const saidOf = new Map<string, { readonly study: string; readonly selector?: string }[]>();
  for (const { studyInstanceUid, series, otherSeries, warnings } of studies) {
    const study = short(studyInstanceUid);
    const say = (note: string, selector?: string) => {
      const said = saidOf.get(note) ?? [];
      said.push({ study, ...(selector === undefined ? {} : { selector }) });
      saidOf.set(note, said);
    };
    say(`read ${series.name}: ${series.reason}`);
    for (const { name, reason, selector } of otherSeries) say(`not read ${name}: ${reason}`, selector);
    for (const warning of warnings) say(`warning: ${warning}`);
  }
  for (const [note, said] of [...saidOf].slice(0, shown)) {
    const [first] = said;
    const ask = first?.selector === undefined ? '' : ` (--series ${first.selector})`;
    print(said.length === 1 ? `${present(first).study}: ${note}${ask}` : `${said.length} studies: ${note}`);
  }
  if (saidOf.size > shown)
    print(`and ${saidOf.size - shown} more notes: see studies.csv and prediction.json`);
}

/** The end of a UID tells studies apart. */
const short = (uid: string) => (uid.length > 24 ? `…${uid.slice(-23)}` : uid);
