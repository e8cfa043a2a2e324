import type { Bundle, BundledStacker } from '@ichor/bundle';
import { createEngine, type EngineOptions } from '@ichor/runtime';
import { openStacker, type OpenStacker, type StackerParts } from '@ichor/stacking';

/** The stackers of a bundle, opened when first used; they are small and stay. */
export class StackerPool {
  readonly #bundle: Bundle;
  readonly #options: EngineOptions;
  readonly #open = new Map<BundledStacker, OpenStacker>();

  constructor(bundle: Bundle, options: EngineOptions) {
    this.#bundle = bundle;
    this.#options = options;
  }

  async use(stacker: BundledStacker): Promise<OpenStacker> {
    const there = this.#open.get(stacker);
    if (there) return there;
    const parts: StackerParts = Object.fromEntries(
      Object.entries(stacker.parts).map(([part, file]) => [part, this.#bundle.path(file)]),
    );
    // Tables of a few dozen rows: a GPU would only be slower.
    const engine = await createEngine('onnxruntime', { ...this.#options, provider: 'cpu' });
    const opened = await openStacker(stacker.settings, parts, engine);
    this.#open.set(stacker, opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const stacker of this.#open.values()) await stacker.dispose();
    this.#open.clear();
  }
}
