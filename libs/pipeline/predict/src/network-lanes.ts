import os from 'node:os';
import type { Bundle, BundledNetwork } from '@ichor/bundle';
import { present } from '@ichor/files';
import { chooseProvider, type EngineOptions } from '@ichor/runtime';
import { NetworkPool, type LoadedNetwork } from './network-pool.js';
import { NetworkQueue, type NetworkTimes } from './network-queue.js';

/** More networks at once gain little and need the memory of all of them. */
const mostLanes = 4;

/**
 * Runs the networks of a bundle side by side. Two networks with half of the threads each take less time than one after
 * the other with all of them: small operators cannot use many threads, and one network opens while another one runs.
 * A device other than the CPU runs one network at a time.
 */
export class NetworkLanes {
  readonly #networks: readonly BundledNetwork[];
  readonly #lanes: readonly NetworkPool[];
  /** For the last study. */
  readonly #times = new Map<BundledNetwork, NetworkTimes>();
  readonly #isPrepared: (network: BundledNetwork) => boolean;
  #warm: Promise<unknown> | undefined;

  private constructor(bundle: Bundle, lanes: readonly NetworkPool[], prepareLater: boolean) {
    this.#networks = bundle.manifest.networks;
    this.#isPrepared = ({ onnx }) => {
      const how = bundle.preparation(onnx);
      return how !== undefined && (!prepareLater || how.checked === null);
    };
    this.#lanes = lanes;
  }

  /**
   * @param budget bytes of network files that may stay loaded
   * @param prepareLater opens networks that are not prepared as they are, unless they will be opened several times, because not
   *   all of them may stay loaded
   * @throws EngineError `runtime/provider`
   */
  static async create(
    bundle: Bundle,
    options: EngineOptions,
    budget: number,
    prepareLater = false,
  ): Promise<NetworkLanes> {
    const { networks } = bundle.manifest;
    const { count, each } = await lanesFor(networks.length, options);
    const later = prepareLater && networks.reduce((sum, { onnx }) => sum + onnx.bytes, 0) <= budget;
    return new NetworkLanes(
      bundle,
      Array.from({ length: count }, () => new NetworkPool(bundle, each, budget / count, later)),
      later,
    );
  }

  /** Opens the network that each lane runs first; the caller need not wait. Errors come again when it is used. */
  async warmUp(): Promise<void> {
    const queue = this.#queue();
    const opening = this.#lanes.map((lane, number) => {
      const network = queue.next(number);
      return network && this.#opened(lane, network);
    });
    await (this.#warm = Promise.allSettled(opening));
  }

  /**
   * Calls `run` with every network, one at a time in each lane.
   *
   * @returns each network with what it gives, in the order of the manifest
   * @throws the first error of `run`, after the runs that had begun have ended; the reason of the signal
   */
  async forEach<T>(
    signal: AbortSignal | undefined,
    run: (network: BundledNetwork, loaded: LoadedNetwork, signal: AbortSignal) => Promise<T>,
  ): Promise<[BundledNetwork, T][]> {
    const failed = new AbortController();
    const stop = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal;
    const answers = new Map<BundledNetwork, T>();
    await this.#warm;
    const queue = this.#queue();
    await Promise.allSettled(
      this.#lanes.map(async (lane, number) => {
        while (!stop.aborted) {
          const network = queue.next(number);
          if (network === undefined) return;
          try {
            const loaded = await this.#opened(lane, network);
            const began = performance.now();
            answers.set(network, await run(network, loaded, stop));
            this.#times.set(network, {
              opening: this.#times.get(network)?.opening ?? 0,
              running: performance.now() - began,
            });
          } catch (cause) {
            failed.abort(cause);
          }
        }
      }),
    );
    stop.throwIfAborted();
    return this.#networks.map((network) => [network, present(answers.get(network))]);
  }

  /**
   * Calls `run` for each item. Where all the networks are prepared, so that opening them again takes hardly any time or memory, the
   * lanes share the items; otherwise one item is run after the other, each network in the lane where it is loaded.
   *
   * @param run gets what loads one of the networks: to be called before each use, because the next one may close it
   * @throws the first error of `run`
   */
  async share<Item>(
    networks: readonly BundledNetwork[],
    items: readonly Item[],
    run: (item: Item, load: (network: BundledNetwork) => Promise<LoadedNetwork>) => Promise<void>,
  ): Promise<void> {
    if (!networks.every((network) => this.#isPrepared(network))) {
      for (const item of items) await run(item, (network) => this.#laneOf(network).use(network));
      return;
    }
    // The lanes take from one iterator.
    const waiting = items.values();
    await Promise.all(
      this.#lanes.slice(0, items.length).map(async (lane) => {
        for (const item of waiting) await run(item, (network) => this.#opened(lane, network));
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #laneOf(network: BundledNetwork): NetworkPool {
    return this.#lanes.find((lane) => lane.has(network)) ?? present(this.#lanes[0]);
  }

  #queue(): NetworkQueue {
    return new NetworkQueue(this.#networks, this.#lanes, this.#times);
  }

  async #opened(lane: NetworkPool, network: BundledNetwork): Promise<LoadedNetwork> {
    const isLoaded = lane.has(network);
    const began = performance.now();
    const loaded = await lane.use(network);
    if (!isLoaded)
      this.#times.set(network, {
        running: 0,
        ...this.#times.get(network),
        opening: performance.now() - began,
      });
    return loaded;
  }
}

/** Number of lanes, and what each of them may use. @throws EngineError `runtime/provider` */
export async function lanesFor(
  networks: number,
  options: EngineOptions,
): Promise<{ readonly count: number; readonly each: EngineOptions }> {
  const threads = options.threads ?? os.availableParallelism();
  const provider = await chooseProvider(options);
  const count = provider === 'cpu' ? Math.min(networks, threads, mostLanes) : 1;
  return { count, each: { provider, threads: Math.max(1, Math.floor(threads / count)) } };
}
