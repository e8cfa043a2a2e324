import { present } from '@ichor/files/present';
import { LABELS, type Label } from '@ichor/tables';
import { DatasetError } from './error.js';
import { readLabelRows } from './label-rows.js';
import { LabelProblems } from './label-problems.js';
import { labelValue } from './label-value.js';

/** Labels of one slice in the order of its rows: three bits each, index into `LABELS` + 1, lowest first. */
const BITS = 3;
const MAX_POSITIVES = 10;

/**
 * The labels of a label CSV (`ID_<hex>_<label>,0|1`), slice by slice, in little memory: 752,803 slices take
 * about 100 MB.
 */
export class LabelSet {
  /** Slices with all six labels, in the order of the file. */
  readonly ids: readonly string[];
  /** Slices with only some of their labels. None of their labels is used, because the others are unknown. */
  readonly incomplete: ReadonlySet<string>;
  readonly problems: LabelProblems;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #positives: Int32Array;

  /** Use `readLabelCsv`. */
  constructor(
    ids: readonly string[],
    incomplete: ReadonlySet<string>,
    indexOf: ReadonlyMap<string, number>,
    positives: Int32Array,
    problems: LabelProblems,
  ) {
    this.ids = ids;
    this.incomplete = incomplete;
    this.#indexOf = indexOf;
    this.#positives = positives;
    this.problems = problems;
  }

  has(id: string): boolean {
    return this.#indexOf.has(id) && !this.incomplete.has(id);
  }

  /** Positive labels in the order of the file's rows, each once; undefined for a slice whose labels are unknown. */
  labelsOf(id: string): readonly Label[] | undefined {
    const listed = this.listedLabelsOf(id);
    return listed === undefined || listed.length < 2 ? listed : [...new Set(listed)];
  }

  /** The same, but a label whose row the file repeats is repeated. The draw of the folds counts these. */
  listedLabelsOf(id: string): readonly Label[] | undefined {
    const index = this.#indexOf.get(id);
    if (index === undefined || this.incomplete.has(id)) return undefined;
    const labels: Label[] = [];
    for (let rest = this.#positives[index]!; rest !== 0; rest >>>= BITS)
      labels.push(present(LABELS[(rest & ((1 << BITS) - 1)) - 1]));
    return labels;
  }
}

/**
 * Reads a label CSV as a stream; the 4.5 million rows of the challenge in a few seconds.
 *
 * A value is 0 or 1, in any form in which number or boolean columns are written; see `labelValue`. Rows that belong to
 * no slice or label (malformed rows and identifiers, unknown labels) are left out and reported by line in `problems`.
 * Repeated rows are treated in the same way, and also slices without all six labels: their labels are unknown.
 *
 * @throws DatasetError `dataset/labels-missing`, `dataset/labels-unreadable` when the file cannot be opened;
 *   `dataset/labels-malformed` when its first line is not the header `ID,Label`, when no slice has all its labels, or
 *   when it holds a contradiction: another value, 0 and 1 for the same label, a kind of bleed where `any` is 0. Labels
 *   of a training set are never guessed.
 */
export async function readLabelCsv(path: string): Promise<LabelSet> {
  const problems = new LabelProblems();
  const collected = new CollectedLabels(path, problems);
  await readLabelRows(path, problems, (id, label, value, line) => collected.add(id, label, value, line));
  return collected.end();
}

const ANY = LABELS.indexOf('any');

/** The labels of the rows read so far. */
class CollectedLabels {
  readonly #path: string;
  readonly #problems: LabelProblems;
  readonly #wrong: WrongLabels;
  readonly #ids: string[] = [];
  readonly #indexOf = new Map<string, number>();
  /** The line of the first row of each slice. */
  readonly #firstLine: number[] = [];
  /** The positive labels of each slice, packed. */
  #positives = new Int32Array(1 << 16);
  /** The labels of each slice that have a row, one bit each. */
  #seen = new Uint8Array(1 << 16);

  constructor(path: string, problems: LabelProblems) {
    this.#path = path;
    this.#problems = problems;
    this.#wrong = new WrongLabels(path);
  }

  /** @param label index into `LABELS`, @param value the text in the row */
  add(id: string, label: number, value: string, line: number): void {
    const index = this.#indexOf.get(id) ?? this.#newSlice(id, line);
    const known = labelValue(value);
    if (known === undefined) {
      this.#wrong.add(line, `${rowName(id, label)} is "${value.slice(0, 40)}", which is neither 0 nor 1`);
      return;
    }
    const positive = known === 1;
    const bit = 1 << label;
    const packed = this.#positives[index]!;
    if ((this.#seen[index]! & bit) !== 0) {
      const before = holds(packed, label);
      if (before === positive) this.#problems.add('repeated-row', line, `${rowName(id, label)} is repeated`);
      else this.#wrong.add(line, `${rowName(id, label)} was ${before ? 1 : 0} before, now ${known}`);
    }
    this.#seen[index]! |= bit;
    if (!positive) return;
    const length = lengthOf(packed);
    if (length === MAX_POSITIVES)
      this.#problems.add('repeated-row', line, `${id}: more repeats than are kept`);
    else this.#positives[index] = packed | ((label + 1) << (BITS * length));
  }

  #newSlice(id: string, line: number): number {
    const index = this.#ids.push(id) - 1;
    this.#indexOf.set(id, index);
    this.#firstLine.push(line);
    if (index >= this.#seen.length) {
      this.#positives = grown(this.#positives, new Int32Array(2 * index));
      this.#seen = grown(this.#seen, new Uint8Array(2 * index));
    }
    return index;
  }

  /** @throws DatasetError `dataset/labels-malformed` */
  end(): LabelSet {
    const ids = this.#ids;
    const incomplete = this.#incomplete();
    this.#wrong.refuse();
    const complete = incomplete.size === 0 ? ids : ids.filter((id) => !incomplete.has(id));
    if (complete.length === 0)
      throw malformed(
        this.#path,
        `none of its ${ids.length} slices has all six labels: ${this.#problems.first[0]?.detail ?? ''}`,
      );
    const positives = this.#positives.slice(0, ids.length);
    return new LabelSet(complete, incomplete, this.#indexOf, positives, this.#problems);
  }

  /** Slices without all labels; those with contradictory ones are noted as wrong. */
  #incomplete(): Set<string> {
    const all = (1 << LABELS.length) - 1;
    const incomplete = new Set<string>();
    for (const [index, id] of this.#ids.entries()) {
      const packed = this.#positives[index]!;
      const seen = this.#seen[index]!;
      const line = present(this.#firstLine[index]);
      if ((seen & (1 << ANY)) !== 0 && packed !== 0 && !holds(packed, ANY))
        this.#wrong.add(line, `${id} has a kind of bleed, but its "any" is 0`);
      if (seen === all) continue;
      incomplete.add(id);
      const missing = LABELS.filter((_, label) => (seen & (1 << label)) === 0).join(', ');
      const detail = `${id} has no row for ${missing}; none of its labels is used`;
      this.#problems.add('missing-labels', line, detail);
    }
    return incomplete;
  }
}

/** The contradictions in a label CSV. */
class WrongLabels {
  readonly #path: string;
  #first: { readonly line: number; readonly reason: string } | undefined;
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  add(line: number, reason: string): void {
    this.#count++;
    this.#first ??= { line, reason };
  }

  /** @throws DatasetError when there was any contradiction */
  refuse(): void {
    if (this.#first === undefined) return;
    const { line, reason } = this.#first;
    const more = this.#count > 1 ? `; ${this.#count} such rows in all` : '';
    throw malformed(this.#path, `line ${line}: ${reason}${more}`);
  }
}

function malformed(file: string, reason: string): DatasetError {
  return new DatasetError({
    code: 'dataset/labels-malformed',
    file,
    reason,
    remedy: 'correct or remove these rows: slices without all six labels are left out',
  });
}

function rowName(id: string, label: number): string {
  return `${id}_${present(LABELS[label])}`;
}

function lengthOf(packed: number): number {
  return Math.ceil((32 - Math.clz32(packed)) / BITS);
}

function holds(packed: number, label: number): boolean {
  for (let rest = packed; rest !== 0; rest >>>= BITS) if ((rest & 7) === label + 1) return true;
  return false;
}

function grown<T extends Int32Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
