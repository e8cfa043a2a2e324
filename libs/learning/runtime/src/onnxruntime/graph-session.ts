import type * as ort from 'onnxruntime-node';
import type { Tensor, TrainingGraph, TrainingLowering } from '@ichor/nn';
import { createNativeSession } from './c-api/native-session.js';
import { onnxRuntime } from './library.js';
import { runInPlace } from './run-in-place.js';
import { toOrtTensor } from './tensors.js';

type Tensors = Readonly<Record<string, Tensor>>;

/** A training graph that runs on the arrays of the caller: it reads the feeds and writes the outputs where they are. */
export interface GraphSession {
  run(feeds: Tensors, outputs: Tensors): Promise<void>;
  dispose(): Promise<void>;
}

/** How the training graphs of an engine are made and run. */
export interface GraphRunner {
  /** What it supports. */
  readonly lowering: Pick<
    TrainingLowering,
    'dialect' | 'channelBlock' | 'precision' | 'halfProducts' | 'withSequence'
  >;
  open(graph: TrainingGraph): Promise<GraphSession>;
}

/** By onnxruntime-node. */
export function nodeRunner(
  lowering: Omit<GraphRunner['lowering'], 'withSequence'>,
  options: ort.InferenceSession.SessionOptions,
): GraphRunner {
  const isForCpu = lowering.dialect === 'cpu';
  return {
    lowering: { ...lowering, withSequence: isForCpu },
    async open({ model, sequence }) {
      const session = await onnxRuntime().InferenceSession.create(model, {
        ...options,
        // A memory pattern is a second arena as large as the first, for 3 % of time.
        enableMemPattern: false,
        // Idle threads do not wait in a loop after a run, but leave the processor to those of the optimizer.
        extra: { session: { force_spinning_stop: '1' } },
        // The lowering for the CPU leaves nothing to fuse; looking for it takes seconds in a deep network.
        ...(isForCpu ? { graphOptimizationLevel: 'basic' } : {}),
      });
      // Parameters and gradients are the same in each run.
      const known = new WeakMap<Tensor, ort.Tensor>();
      const views = (tensors: Tensors) =>
        Object.fromEntries(
          Object.entries(tensors).map(([port, tensor]) => {
            const view = known.get(tensor) ?? toOrtTensor(tensor, `"${port}"`);
            known.set(tensor, view);
            return [port, view];
          }),
        );
      return {
        run: (feeds, outputs) => runInPlace(session, views(feeds), views(outputs), sequence),
        dispose: () => session.release(),
      };
    },
  };
}

/** By the C API of onnxruntime, on the CPU: outputs are written in place, and the event loop goes on during a run. */
export function nativeRunner(
  lowering: Omit<GraphRunner['lowering'], 'withSequence'>,
  options: {
    readonly threads: number;
    readonly library?: string | undefined;
    readonly profile?: string | undefined;
  },
): GraphRunner {
  return {
    lowering: { ...lowering, withSequence: false },
    // As for the CPU above.
    open: ({ model }) => createNativeSession(model, { ...options, optimization: 'basic' }),
  };
}
