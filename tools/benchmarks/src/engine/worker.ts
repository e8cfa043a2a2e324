import { createInterface } from 'node:readline';
import { createBackbone, isBackboneId } from '@ichor/backbones';
import { IchorError, messageOf } from '@ichor/files';
import { initializeOnDemand, type Tensor } from '@ichor/nn';
import { createEngine } from '@ichor/runtime';
import type { Answer, Request } from './protocol.js';

const CLASSES = 6;

interface Session {
  readonly resize: (size: number) => void;
  readonly run: () => Promise<void>;
}

async function open({
  id,
  mode,
  batch,
  size,
  threads,
  provider = 'cpu',
}: Extract<Request, { command: 'open' }>): Promise<Session> {
  if (!isBackboneId(id)) throw new IchorError({ code: 'benchmarks/id', reason: `unknown backbone ${id}` });
  const network = createBackbone(id, { classes: CLASSES });
  const state = initializeOnDemand(network, 0);
  const engine = await createEngine('onnxruntime', { provider, threads });
  let image = randomImage(batch, size);
  const resize = (size: number) => {
    image = randomImage(batch, size);
  };
  if (mode === 'infer') {
    const session = await engine.inference(network, state, { outputs: ['logits'] });
    return { resize, run: async () => void (await session.run({ image })) };
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
  };
}

function randomImage(batch: number, size: number): Tensor {
  const data = Float32Array.from({ length: batch * 3 * size * size }, () => Math.random() * 2 - 1);
  return { shape: [batch, 3, size, size], data };
}

async function timed(action: () => Promise<void>): Promise<Answer> {
  const start = performance.now();
  const before = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(before);
  return { milliseconds: performance.now() - start, processorMilliseconds: (user + system) / 1000 };
}

let session: Session | undefined;

async function answer(request: Request): Promise<Answer> {
  switch (request.command) {
    case 'open':
      return timed(async () => {
        session = await open(request);
      });
    case 'run':
      return timed(async () => session?.run());
    case 'resize':
      session?.resize(request.size);
      return {};
    case 'memory':
      // Kilobytes, from getrusage.
      return { bytes: process.resourceUsage().maxRSS * 1024 };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply: Answer;
  try {
    reply = await answer(JSON.parse(line) as Request);
  } catch (error) {
    reply = { error: messageOf(error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
// Native threads of the engine must not keep the process.
process.exit(0);
