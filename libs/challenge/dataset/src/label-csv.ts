import { LABELS, type Label } from '@ichor/tables';
import { readLabelRows } from './label-rows.js';
import { LabelProblems } from './label-problems.js';

/** Labels of one slice in the order of its rows: three bits each, index into `LABELS` + 1, lowest first. */
const BITS = 3;
const MAX_POSITIVES = 10;

/**
 * The labels of a label CSV (`ID_<hex>_<label>,0|1`), slice by slice, in little memory: 752,803 slices take
 * about 100 MB.
 */
export class LabelSet {
  /** Slices in the order of the file. */
  readonly ids: readonly string[];
  readonly problems: LabelProblems;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #positives: Int32Array;

  /** Use `readLabelCsv`. */
  constructor(
    ids: readonly string[],
    indexOf: ReadonlyMap<string, number>,
    positives: Int32Array,
    problems: LabelProblems,
  ) {
    this.ids = ids;
    this.#indexOf = indexOf;
    this.#positives = positives;
    this.problems = problems;
  }

  has(id: string): boolean {
    return this.#indexOf.has(id);
  }

  /** Positive labels in the order of the file's rows, each once; undefined for an unknown slice. */
  labelsOf(id: string): readonly Label[] | undefined {
    const listed = this.listedLabelsOf(id);
    return listed === undefined || listed.length < 2 ? listed : [...new Set(listed)];
  }

  /** The same, but a label whose row the file repeats is repeated: what the draw of the folds counts. */
  listedLabelsOf(id: string): readonly Label[] | undefined {
    const index = this.#indexOf.get(id);
    if (index === undefined) return undefined;
    const labels: Label[] = [];
    for (let rest = this.#positives[index]!; rest !== 0; rest >>>= BITS)
      labels.push(LABELS[(rest & ((1 << BITS) - 1)) - 1]!);
    return labels;
  }
}

/**
 * Reads a label CSV as a stream; the 4.5 million rows of the challenge in a few seconds.
 *
 * Bad rows are left out and reported by line in `problems`: malformed rows, identifiers and values, unknown labels,
 * repeated rows, repeats that contradict (a slice is positive if one row says so), slices without all six labels.
 *
 * @throws DatasetError `dataset/labels-missing` when the file cannot be opened, `dataset/labels-malformed` when its
 *   first line is not the header `ID,Label` or it holds no row at all.
 */
export async function readLabelCsv(path: string): Promise<LabelSet> {
  const ids: string[] = [];
  const indexOf = new Map<string, number>();
  const problems = new LabelProblems();
  let positives = new Int32Array(1 << 16);
  let seen = new Uint8Array(1 << 16);
  const firstLine: number[] = [];
  const all = (1 << LABELS.length) - 1;

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
    const positive = value === '1';
    if (!positive && value !== '0') {
      problems.add('malformed-value', line, `${id}_${LABELS[label]!}: "${value}" is neither 0 nor 1`);
      return;
    }
    const bit = 1 << label;
    const packed = positives[index]!;
    if ((seen[index]! & bit) !== 0) {
      const before = holds(packed, label);
      if (before === positive) problems.add('repeated-row', line, `${id}_${LABELS[label]!} comes again`);
      else problems.add('contradiction', line, `${id}_${LABELS[label]!} was ${before ? 1 : 0}, now ${value}`);
    }
    seen[index]! |= bit;
    if (positive) {
      const length = lengthOf(packed);
      if (length === MAX_POSITIVES) problems.add('repeated-row', line, `${id}: more repeats than are kept`);
      else positives[index] = packed | ((label + 1) << (BITS * length));
    }
  });

  for (const [index, id] of ids.entries()) {
    if (seen[index] === all) continue;
    const missing = LABELS.filter((_, label) => (seen[index]! & (1 << label)) === 0);
    problems.add(
      'missing-labels',
      firstLine[index]!,
      `${id} has no row for ${missing.join(', ')}; taken as 0`,
    );
  }
  return new LabelSet(ids, indexOf, positives.slice(0, ids.length), problems);
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
