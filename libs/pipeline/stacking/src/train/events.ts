import type { RunEvents } from '@ichor/experiment';

/** The events of fitting a stacker. */
export interface StackingEvents extends RunEvents {
  /** A piece of work begins: `total` rounds, steps or files, where it is known. */
  begin?(label: string, total: number | undefined, unit: string): void;
  advance?(by: number, fields?: Readonly<Record<string, string | number>>): void;
}
