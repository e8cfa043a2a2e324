import type { GbdtEngine } from '@ichor/gbdt';
import type { Engine } from '@ichor/runtime';
import type { StackingEvents } from './events.js';
import type { FoldData } from './fold-data.js';
import type { StackerFiles } from './files.js';

/** The folder, engines and data with which a stacker is fitted. */
export interface FitContext {
  readonly data: FoldData;
  readonly files: StackerFiles;
  readonly events: StackingEvents;
  readonly signal: AbortSignal | undefined;
  /** Results of parts that an earlier run of the same identity finished. */
  readonly done: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Keeps the results of a part whose file is written. */
  finish(part: string, results: Readonly<Record<string, unknown>>): Promise<void>;
  networkEngine(): Promise<Engine>;
  treeEngine(): Promise<GbdtEngine>;
  readonly threads: number | undefined;
}

/** Predictions of a fitted fold, one column a label. */
export interface Fitted {
  readonly valid: readonly Float32Array[];
  readonly test: readonly Float32Array[];
  /** Of a stacker that answers for whole series too: one column a label, one value a series. */
  readonly studies?: { readonly valid: readonly Float32Array[]; readonly test: readonly Float32Array[] };
}

/** Thrown inside a fit when the user stops it; finished parts are kept. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

export function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Stopped();
}
