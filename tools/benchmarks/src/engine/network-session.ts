import { createBackbone, isBackboneId } from '@ichor/backbones';
import { IchorError, present } from '@ichor/files';
import { initializeOnDemand, type Network, type StateDict, type Tensor } from '@ichor/nn';
import {
  createEngine,
  type Engine,
  type InferenceSession,
  type OnnxProvider,
  type Operators,
} from '@ichor/runtime';
import type { Mode } from './protocol.js';

const CLASSES = 6;

/** A network with made-up images. */
export interface NetworkSession {
  /** Other images from now on; inference only. */
  readonly resize: (size: number) => void;
  /** One training step or one inference. */
  readonly run: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export interface NetworkRequest {
  readonly id: string;
  readonly mode: Mode;
  readonly batch: number;
  readonly size: number;
  readonly threads: number;
  readonly provider?: OnnxProvider;
  /** Inference in 8 bits, with the ranges of a made-up image. */
  readonly eightBit?: boolean;
  /** What training runs on. Default: as of the engine's options. */
  readonly operators?: Operators;
  /** As of the engine's options. */
  readonly profile?: string;
}

/** @throws IchorError `benchmarks/id` when there is no such backbone */
export function benchmarkNetwork(id: string): Network {
  if (!isBackboneId(id)) throw new IchorError({ code: 'benchmarks/id', reason: `unknown backbone ${id}` });
  return createBackbone(id, { classes: CLASSES });
}

/** Opens a network with six classes for training with Adam, or for inference. */
export async function openNetwork({
  id,
  mode,
  batch,
  size,
  threads,
  provider = 'cpu',
  eightBit = false,
  operators,
  profile,
}: NetworkRequest): Promise<NetworkSession> {
  const network = benchmarkNetwork(id);
  const state = initializeOnDemand(network, 0);
  const engine = await createEngine('onnxruntime', {
    provider,
    threads,
    ...(operators === undefined ? {} : { operators }),
    ...(profile === undefined ? {} : { profile }),
  });
  let image = randomImage(batch, size);
  const resize = (size: number) => {
    image = randomImage(batch, size);
  };
  if (mode === 'infer') {
    const session = eightBit
      ? await inEightBits(engine, network, state, randomImage(1, size))
      : await engine.inference(network, state, { outputs: ['logits'] });
    return {
      resize,
      run: async () => void (await session.run({ image })),
      dispose: () => session.dispose(),
    };
  }
  const session = await engine.training(network, state, {
    loss: { kind: 'bce', classWeights: [2, 1, 1, 1, 1, 1] },
    optimizer: { kind: 'adam' },
    seed: 1,
  });
  const targets: Tensor = {
    shape: [batch, CLASSES],
    data: Float32Array.from({ length: batch * CLASSES }, () => Math.round(Math.random())),
  };
  return {
    resize,
    run: async () => void (await session.step({ inputs: { image }, targets }, { learningRate: 1e-4 })),
    dispose: () => session.dispose(),
  };
}

async function inEightBits(
  { eightBit, provider }: Engine,
  network: Network,
  state: StateDict,
  image: Tensor,
): Promise<InferenceSession> {
  if (eightBit === undefined)
    throw new IchorError({ code: 'benchmarks/eight-bit', reason: `no 8 bits on ${provider}` });
  const observed = await eightBit.observe(network, state, { outputs: ['logits'] });
  const { lowest, highest } = await observed.run({ image });
  await observed.dispose();
  const ranges = new Map(
    observed.values.map((name, i) => [
      name,
      { low: present(lowest).data[i]!, high: present(highest).data[i]! },
    ]),
  );
  return eightBit.inference(network, state, ranges, { outputs: ['logits'] });
}

export function randomImage(batch: number, size: number): Tensor {
  const data = Float32Array.from({ length: batch * 3 * size * size }, () => Math.random() * 2 - 1);
  return { shape: [batch, 3, size, size], data };
}
