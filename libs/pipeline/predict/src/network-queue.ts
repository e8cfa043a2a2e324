import type { BundledNetwork } from '@ichor/bundle';
import { present } from '@ichor/files';

/** Milliseconds. */
export interface NetworkTimes {
  readonly opening: number;
  readonly running: number;
}

/**
 * The networks that have not seen a study yet, for lanes that take one after the other. The costliest come first, by the time that
 * they took for the last study, else by size, so that all lanes end at about the same time. A network stays in the lane where it is
 * loaded, unless another lane has nothing left to do and would open and run it sooner.
 */
export class NetworkQueue {
  /** Costliest first. */
  readonly #waiting: BundledNetwork[];
  readonly #times: ReadonlyMap<BundledNetwork, NetworkTimes>;
  readonly #lanes: readonly { has(network: BundledNetwork): boolean }[];

  /** @param lanes which networks each has loaded, at every moment */
  constructor(
    networks: readonly BundledNetwork[],
    lanes: readonly { has(network: BundledNetwork): boolean }[],
    times: ReadonlyMap<BundledNetwork, NetworkTimes>,
  ) {
    this.#times = times;
    this.#lanes = lanes;
    this.#waiting = networks.toSorted(
      (a, b) => this.#running(b) - this.#running(a) || b.onnx.bytes - a.onnx.bytes,
    );
  }

  /** The next network for a lane; undefined when it has nothing left to do. */
  next(lane: number): BundledNetwork | undefined {
    const here = present(this.#lanes[lane]);
    const network =
      this.#waiting.find((one) => here.has(one)) ??
      this.#waiting.find((one) => !this.#lanes.some((other) => other.has(one))) ??
      // The cheapest of another lane, which would come to it last.
      this.#waiting.findLast((one) => this.#soonerHere(one));
    if (network !== undefined) this.#waiting.splice(this.#waiting.indexOf(network), 1);
    return network;
  }

  /** Whether opening and running a network takes less time than its own lane needs to come to its end. */
  #soonerHere(network: BundledNetwork): boolean {
    const there = this.#lanes.filter((lane) => lane.has(network));
    const untilDone = there.map((lane) =>
      this.#waiting.reduce((sum, one) => sum + (lane.has(one) ? this.#running(one) : 0), 0),
    );
    return (this.#times.get(network)?.opening ?? 0) + this.#running(network) < Math.min(...untilDone);
  }

  #running(network: BundledNetwork): number {
    return this.#times.get(network)?.running ?? 0;
  }
}
