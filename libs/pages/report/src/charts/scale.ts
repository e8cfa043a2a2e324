import { present } from '@ichor/files/present';

/** Maps data to drawing units, linearly or by logarithm. */
export interface Scale {
  readonly domain: readonly [number, number];
  at(value: number): number;
  readonly ticks: readonly number[];
}

/**
 * Steps of 1, 2 or 5 times a power of ten, about `count` of them.
 *
 * @param smallest of the steps, e.g. 1 for things that are counted
 */
export function linearScale(
  domain: readonly [number, number],
  range: readonly [number, number],
  { count = 5, smallest = 0 }: { readonly count?: number; readonly smallest?: number } = {},
): Scale {
  const [low, high] = domain[0] === domain[1] ? [domain[0] - 0.5, domain[1] + 0.5] : domain;
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    smallest,
    present([1, 2, 5, 10].find((multiple) => multiple * power >= rough)) * power,
  );
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(i * step);
  return {
    domain: [low, high],
    ticks,
    at: (value) => range[0] + ((value - low) / (high - low)) * (range[1] - range[0]),
  };
}

/** A short decimal for a tick: `0.25`, `1200`, without the noise of binary fractions. */
export function tickLabel(value: number): string {
  return String(Number(value.toPrecision(6)));
}
