import type { BundledNetwork } from '@ichor/bundle';
import { describe, expect, it } from 'vitest';
import { NetworkQueue, type NetworkTimes } from './network-queue.js';

const network = (model: string, bytes: number) =>
  ({ model, fold: 0, onnx: { path: model, sha256: '', bytes } }) as BundledNetwork;
const [a, b, c, d] = [network('a', 1), network('b', 9), network('c', 5), network('d', 4)] as const;
const times = (...entries: [BundledNetwork, number, number][]) =>
  new Map<BundledNetwork, NetworkTimes>(
    entries.map(([one, opening, running]) => [one, { opening, running }]),
  );

/** What each lane takes, when the lanes ask in turn until nothing is left for them. */
function taken(queue: NetworkQueue, lanes: Set<BundledNetwork>[]): string[] {
  const orders = lanes.map(() => '');
  for (let left = true; left;) {
    left = false;
    for (const [lane, loaded] of lanes.entries()) {
      const one = queue.next(lane);
      if (one === undefined) continue;
      left = true;
      loaded.add(one);
      orders[lane] += one.model;
    }
  }
  return orders;
}

describe('NetworkQueue', () => {
  it('gives the largest first while nothing was measured', () => {
    const lanes = [new Set<BundledNetwork>(), new Set<BundledNetwork>()];
    expect(taken(new NetworkQueue([a, b, c, d], lanes, new Map()), lanes)).toEqual(['bd', 'ca']);
  });

  it('keeps a network in its lane, slowest first, when opening it elsewhere would take longer', () => {
    const lanes = [new Set([a, b]), new Set([c, d])];
    const measured = times([a, 90, 20], [b, 90, 10], [c, 90, 10], [d, 90, 10]);
    expect(taken(new NetworkQueue([b, a, c, d], lanes, measured), lanes)).toEqual(['ab', 'cd']);
  });

  it('lets a lane without work open the fastest of a lane that has much', () => {
    const lanes = [new Set([a, b, c, d]), new Set<BundledNetwork>()];
    // b: 5 + 10 ms here, 10 + 20 + 30 ms until its own lane has done all three. Then c: 5 + 20 against 20; it stays.
    const measured = times([a, 5, 40], [b, 5, 10], [c, 5, 20], [d, 5, 30]);
    expect(taken(new NetworkQueue([a, b, c, d], lanes, measured), lanes)).toEqual(['adc', 'b']);
  });

  it('gives each network once, also when two lanes have it loaded', () => {
    const lanes = [new Set([a, b]), new Set([a, b])];
    const measured = times([a, 1, 1], [b, 1, 2]);
    expect(taken(new NetworkQueue([a, b], lanes, measured), lanes)).toEqual(['b', 'a']);
  });
});
