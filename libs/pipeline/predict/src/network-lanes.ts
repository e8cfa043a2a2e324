import os from 'node:os';
import type { Bundle, BundledNetwork } from '@ichor/bundle';
import { present } from '@ichor/files';
import { chooseProvider, type EngineOptions } from '@ichor/runtime';
import { NetworkPool, type LoadedNetwork } from './network-pool.js';

/** More networks at once gain little and need the memory of all of them. */
const mostLanes = 4;

interface Lane {
  readonly networks: readonly BundledNetwork[];
  readonly pool: NetworkPool;
}

/**
 * Runs the networks of a bundle side by side. Two networks with half of the threads each take less time than one after
 * the other with all of them: small operators cannot use many threads, and one network opens while another one runs.
 * A device other than the CPU runs one network at a time.
 */
export class NetworkLanes {
  readonly #networks: readonly BundledNetwork[];
  readonly #lanes: readonly Lane[];

  private constructor(networks: readonly BundledNetwork[], lanes: readonly Lane[]) {
    this.#networks = networks;
    this.#lanes = lanes;
  }

  /**
   * @param budget bytes of network files that may stay loaded
   * @throws EngineError `runtime/provider`
   */
  static async create(bundle: Bundle, options: EngineOptions, budget: number): Promise<NetworkLanes> {
    const { networks } = bundle.manifest;
    const threads = options.threads ?? os.availableParallelism();
    const provider = await chooseProvider(options);
    const count = provider === 'cpu' ? Math.min(networks.length, threads, mostLanes) : 1;
    const each: EngineOptions = { provider, threads: Math.max(1, Math.floor(threads / count)) };
    return new NetworkLanes(
      networks,
      shareOut(networks, count).map((share) => ({
        networks: share,
        pool: new NetworkPool(bundle, each, budget / count),
      })),
    );
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
    await Promise.allSettled(
      this.#lanes.map(async (lane) => {
        for (const network of lane.networks) {
          if (stop.aborted) return;
          try {
            answers.set(network, await run(network, await lane.pool.use(network), stop));
          } catch (cause) {
            failed.abort(cause);
          }
        }
      }),
    );
    stop.throwIfAborted();
    return this.#networks.map((network) => [network, present(answers.get(network))]);
  }

  async use(network: BundledNetwork): Promise<LoadedNetwork> {
    return present(this.#lanes.find(({ networks }) => networks.includes(network))).pool.use(network);
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(({ pool }) => pool.close()));
  }
}

/**
 * The largest first, each to the lane with the least work: lanes end at about the same time, and a network stays in its lane,
 * where it is loaded. Within a lane the networks keep their order.
 */
export function shareOut(networks: readonly BundledNetwork[], count: number): BundledNetwork[][] {
  const lanes = Array.from({ length: count }, () => ({ bytes: 0, networks: new Set<BundledNetwork>() }));
  for (const network of networks.toSorted((a, b) => b.onnx.bytes - a.onnx.bytes)) {
    const least = lanes.reduce((best, lane) => (lane.bytes < best.bytes ? lane : best));
    least.bytes += network.onnx.bytes;
    least.networks.add(network);
  }
  return lanes.map((lane) => networks.filter((network) => lane.networks.has(network)));
}
