import type { Bundle, BundledStacker } from '@ichor/bundle';
import { createEngine, type Engine } from '@ichor/runtime';
import { openStacker, type OpenStacker, type StackerParts } from '@ichor/stacking';

/** The stackers of a bundle, opened when first used; they are small and stay. */
export class StackerPool {
  readonly #bundle: Bundle;
  #engine: Promise<Engine> | undefined;
  readonly #open = new Map<BundledStacker, Promise<OpenStacker>>();

  constructor(bundle: Bundle) {
    this.#bundle = bundle;
  }

  use(stacker: BundledStacker): Promise<OpenStacker> {
    const opened = this.#open.get(stacker) ?? this.#opened(stacker);
    this.#open.set(stacker, opened);
    return opened;
  }

  /** Opens all of them. @throws the first error, which comes again when the stacker is used */
  async openAll(): Promise<void> {
    for (const stacker of this.#bundle.manifest.stackers) await this.use(stacker);
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    for (const one of opened) if (one.status === 'fulfilled') await one.value.dispose();
  }

  async #opened(stacker: BundledStacker): Promise<OpenStacker> {
    const parts: StackerParts = Object.fromEntries(
      Object.entries(stacker.parts).map(([part, file]) => [part, this.#bundle.path(file)]),
    );
    // Tables of a few dozen rows: a GPU would only be slower, and further threads would only wait, which takes processor time.
    this.#engine ??= createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
    return openStacker(stacker.settings, parts, await this.#engine);
  }
}
