import type { RunEvents } from '@ichor/experiment';

/** Numbers by name; null where there is none, such as an area without positives. */
export type Measurements = Readonly<Record<string, number | null>>;

/** The events of fitting a stacker. */
export interface StackingEvents extends RunEvents {
  /** A piece of work begins: `total` rounds, steps or files, where it is known. */
  begin?(label: string, total: number | undefined, unit: string): void;
  advance?(by: number, fields?: Readonly<Record<string, string | number>>): void;
  /** The fit of a part begins from its start: `all`, `sequence`, a label. What is measured until the next one belongs to it. */
  fitting?(part: string): void | Promise<void>;
  /** @param step steps of a network or rounds of trees, from 1 */
  measured?(step: number, values: Measurements): void;
}
