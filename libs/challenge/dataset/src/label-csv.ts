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
  /** Slices with some of their labels: what is missing is not known, so none of them is. */
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

  /** Positive labels in the order of the file's rows, each once; undefined for a slice whose labels are not known. */
  labelsOf(id: string): readonly Label[] | undefined {
    const listed = this.listedLabelsOf(id);
    return listed === undefined || listed.length < 2 ? listed : [...new Set(listed)];
  }

  /** The same, but a label whose row the file repeats is repeated: what the draw of the folds counts. */
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
 * A value is 0 or 1, however a number column or a truth column writes it; see `labelValue`. Rows that belong to no slice
 * or label are left out and reported by line in `problems`: malformed rows and identifiers, unknown labels; so are
 * repeated rows, and slices without all six labels, whose labels then are not known.
 *
 * @throws DatasetError `dataset/labels-missing`, `dataset/labels-unreadable` when the file cannot be opened;
 *   `dataset/labels-malformed` when its first line is not the header `ID,Label`, it has no slice with all its labels, or
 *   it says what cannot be: another value, 0 and 1 for the same label, a kind of bleed where `any` is 0. A training set
 *   is not made of guesses.
 */
export async function readLabelCsv(path: string): Promise<LabelSet> {
  const ids: string[] = [];
  const indexOf = new Map<string, number>();
  const problems = new LabelProblems();
  let positives = new Int32Array(1 << 16);
  let seen = new Uint8Array(1 << 16);
  const firstLine: number[] = [];
  const all = (1 << LABELS.length) - 1;
  const wrong = new WrongLabels(path);

  await readLabelRows(path, problems, (id, label, value, line) => {
    let index = indexOf.get(id);
    if (index === undefined) {
      index = ids.push(id) - 1;
      indexOf.set(id, index);
      firstLine.push(line);
      if (index >= seen.length) {
        positives = grown(positives, new Int32Array(2 * index));
        seen = grown(seen, new Uint8Array(2 * index));
      }
    }
    const known = labelValue(value);
    if (known === undefined) {
      wrong.add(line, `${id}_${present(LABELS[label])} is "${value.slice(0, 40)}", which is neither 0 nor 1`);
      return;
    }
    const positive = known === 1;
    const bit = 1 << label;
    const packed = positives[index]!;
    if ((seen[index]! & bit) !== 0) {
      const before = holds(packed, label);
      if (before === positive)
        problems.add('repeated-row', line, `${id}_${present(LABELS[label])} comes again`);
      else wrong.add(line, `${id}_${present(LABELS[label])} was ${before ? 1 : 0} before, now ${known}`);
    }
    seen[index]! |= bit;
    if (positive) {
      const length = lengthOf(packed);
      if (length === MAX_POSITIVES) problems.add('repeated-row', line, `${id}: more repeats than are kept`);
      else positives[index] = packed | ((label + 1) << (BITS * length));
    }
  });

  const incomplete = new Set<string>();
  for (const [index, id] of ids.entries()) {
    const packed = positives[index]!;
    if ((seen[index]! & (1 << ANY)) !== 0 && packed !== 0 && !holds(packed, ANY))
      wrong.add(present(firstLine[index]), `${id} has a kind of bleed, but its "any" is 0`);
    if (seen[index] === all) continue;
    incomplete.add(id);
    const missing = LABELS.filter((_, label) => (seen[index]! & (1 << label)) === 0);
    problems.add(
      'missing-labels',
      present(firstLine[index]),
      `${id} has no row for ${missing.join(', ')}; none of its labels is used`,
    );
  }
  wrong.refuse();
  const complete = incomplete.size === 0 ? ids : ids.filter((id) => !incomplete.has(id));
  if (complete.length === 0)
    throw malformed(
      path,
      `none of its ${ids.length} slices has all six labels: ${problems.first[0]?.detail ?? ''}`,
    );
  return new LabelSet(complete, incomplete, indexOf, positives.slice(0, ids.length), problems);
}

const ANY = LABELS.indexOf('any');

/** What a label CSV says that cannot be. */
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

  /** @throws DatasetError when there was anything */
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
