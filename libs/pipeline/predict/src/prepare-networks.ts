import type { Bundle, BundledNetwork } from '@ichor/bundle';
import { OnnxThread, type EngineOptions } from '@ichor/runtime';
import { lanesFor } from './network-lanes.js';

export interface PrepareOptions extends EngineOptions {
  /** Stops after the networks that are being prepared. */
  readonly signal?: AbortSignal;
  /** A network is prepared, or cannot be. */
  readonly onNetwork?: () => void;
}

/** The networks of a bundle that had no prepared form when it was opened. */
export function unpreparedNetworks(bundle: Bundle): readonly BundledNetwork[] {
  return bundle.manifest.networks.filter(({ onnx }) => {
    const how = bundle.preparation(onnx);
    return how !== undefined && how.checked !== null;
  });
}

/**
 * Prepares networks, so that the next run opens them in a fraction of the time; what cannot be prepared is left out.
 *
 * @throws EngineError `runtime/provider`, `runtime/thread`, and `runtime/onnx` for a file that was changed meanwhile
 */
export async function prepareNetworks(
  bundle: Bundle,
  networks: readonly BundledNetwork[],
  { signal, onNetwork, ...options }: PrepareOptions = {},
): Promise<void> {
  const { count, each } = await lanesFor(networks.length, options);
  // The threads take from one iterator.
  const waiting = networks.values();
  const threads = Array.from({ length: count }, () => new OnnxThread(each));
  try {
    // A failure ends one thread; the others finish what they do, so that nothing is left half made.
    const results = await Promise.allSettled(
      threads.map(async (thread) => {
        for (const { onnx } of waiting) {
          if (signal?.aborted === true) return;
          const how = bundle.preparation(onnx);
          if (how !== undefined) await thread.prepare(bundle.path(onnx), how);
          onNetwork?.();
        }
      }),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  } finally {
    await Promise.all(threads.map((thread) => thread.close()));
  }
}
