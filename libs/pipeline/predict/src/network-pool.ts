import type { Bundle, BundledNetwork } from '@ichor/bundle';
import type { StateDict } from '@ichor/nn';
import { OnnxThread, type EngineOptions, type OnnxSession } from '@ichor/runtime';
import { readSafetensors } from '@ichor/weights';

/** A network of a bundle, ready to run. */
export interface LoadedNetwork {
  readonly session: OnnxSession;
  /** Parameters of the head, read when they are asked for: only heat maps need them, and they are up to 30 MB. */
  head(): Promise<StateDict>;
}

/**
 * Runs networks of a bundle in a separate thread, and keeps them loaded as long as their files together are not
 * larger than a budget; beyond it the least recently used one is closed. Eleven models of five folds do not fit
 * into every machine.
 */
export class NetworkPool {
  readonly #bundle: Bundle;
  readonly #thread: OnnxThread;
  readonly #budget: number;
  readonly #prepareLater: boolean;
  /** In the order of their last use. */
  readonly #loaded = new Map<BundledNetwork, LoadedNetwork>();

  /** @param prepareLater opens networks that are not prepared as they are */
  constructor(bundle: Bundle, options: EngineOptions, budget: number, prepareLater: boolean) {
    this.#bundle = bundle;
    this.#thread = new OnnxThread(options);
    this.#budget = budget;
    this.#prepareLater = prepareLater;
  }

  has(network: BundledNetwork): boolean {
    return this.#loaded.has(network);
  }

  async use(network: BundledNetwork): Promise<LoadedNetwork> {
    const loaded = this.#loaded.get(network) ?? (await this.#load(network));
    this.#loaded.delete(network);
    this.#loaded.set(network, loaded);
    return loaded;
  }

  async close(): Promise<void> {
    this.#loaded.clear();
    await this.#thread.close();
  }

  async #load(network: BundledNetwork): Promise<LoadedNetwork> {
    for (const [oldest, { session }] of this.#loaded) {
      if (this.#bytes() + network.onnx.bytes <= this.#budget) break;
      this.#loaded.delete(oldest);
      await session.dispose();
    }
    const { onnx } = network;
    const session = await this.#thread.open(
      this.#bundle.path(onnx),
      this.#bundle.preparation(onnx),
      this.#prepareLater,
    );
    let head: Promise<StateDict> | undefined;
    return {
      session,
      head: () => (head ??= readSafetensors(this.#bundle.path(network.head)).then(({ tensors }) => tensors)),
    };
  }

  #bytes(): number {
    return [...this.#loaded.keys()].reduce((sum, { onnx }) => sum + onnx.bytes, 0);
  }
}
