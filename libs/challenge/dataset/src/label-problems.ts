export type LabelProblemKind =
  'malformed-row' | 'malformed-id' | 'unknown-label' | 'repeated-row' | 'missing-labels';

export interface LabelProblem {
  readonly kind: LabelProblemKind;
  /** Line of the file, the header being line 1. */
  readonly line: number;
  readonly detail: string;
}

/** Largest number of problems that are kept with their line; all are counted. */
const KEPT = 1000;

/** The problems of a label CSV. */
export class LabelProblems {
  readonly #first: LabelProblem[] = [];
  readonly #counts = new Map<LabelProblemKind, number>();

  add(kind: LabelProblemKind, line: number, detail: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    if (this.#first.length < KEPT) this.#first.push({ kind, line, detail });
  }

  /** The first thousand, in the order of their discovery. */
  get first(): readonly LabelProblem[] {
    return this.#first;
  }

  /** How many there are of each kind. */
  get counts(): ReadonlyMap<LabelProblemKind, number> {
    return this.#counts;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }
}
