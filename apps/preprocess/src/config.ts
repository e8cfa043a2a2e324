/** Settings of the preprocessing, with the reference's values. */
export const defaults = {
  /** Number of folds. */
  folds: 5,
  /** Of the draw of the folds. */
  seed: 10,
  /** Slices whose brain-window range is not above this are left out. HU. */
  minBrainRange: 60,
  /** Slices that a worker reads before it writes them down; what a kill can lose for each worker. */
  chunkSlices: 512,
} as const;

/** Files that are known to be corrupt in the challenge's data; they are not read. */
export const KNOWN_CORRUPT: ReadonlySet<string> = new Set(['ID_6431af929']);
