/** What both sides of the benchmark are asked, one JSON object a line. */
export type Request =
  | {
      readonly command: 'open';
      readonly id: string;
      readonly mode: Mode;
      readonly batch: number;
      readonly size: number;
      readonly threads: number;
    }
  /** One training step or one inference. */
  | { readonly command: 'run' }
  /** Other images from now on; inference only. */
  | { readonly command: 'resize'; readonly size: number }
  /** Largest resident set of the process so far. */
  | { readonly command: 'memory' };

export type Mode = 'train' | 'infer';

export interface Answer {
  readonly milliseconds?: number;
  /** Of all threads of the process together. */
  readonly processorMilliseconds?: number;
  readonly bytes?: number;
  readonly error?: string;
}
