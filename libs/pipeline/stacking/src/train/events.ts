/** What a run tells whoever watches. */
export interface StackingEvents {
  message?(text: string): void;
  warning?(text: string): void;
  /** A piece of work begins: `total` rounds, steps or files, where it is known. */
  begin?(label: string, total: number | undefined, unit: string): void;
  advance?(by: number, fields?: Readonly<Record<string, string | number>>): void;
}
