import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { present } from '@ichor/files';
import { exportOnnx, initialize } from '@ichor/nn';
import { openOnnx } from '@ichor/runtime';
import { EngineProcess } from './engine-process.js';
import { benchmarkNetwork, randomImage, type NetworkSession } from './network-session.js';
import { BATCH, type Request } from './protocol.js';

type RequestOf<Command> = Extract<Request, { readonly command: Command }>;

/** The network as a bundle has it, and what onnxruntime makes of it for this processor. */
export async function prepare({ id, threads, folder }: RequestOf<'prepare'>): Promise<void> {
  const network = benchmarkNetwork(id);
  const bundled = join(folder, 'bundled.onnx');
  await writeFile(bundled, exportOnnx(network, initialize(network, 0)));
  const saveIn = prepared(folder);
  await mkdir(saveIn);
  const session = await openOnnx(bundled, { provider: 'cpu', threads }, { saveIn });
  await session.dispose();
}

export async function openPrepared({
  batch,
  size,
  threads,
  folder,
}: RequestOf<'open-prepared'>): Promise<NetworkSession> {
  const path = join(prepared(folder), 'network.onnx');
  const session = await openOnnx(path, { provider: 'cpu', threads }, 'prepared');
  const input = present(session.inputs[0]);
  let image = randomImage(batch, size);
  return {
    resize: (other) => {
      image = randomImage(batch, other);
    },
    run: async () => void (await session.run({ [input]: image })),
    dispose: () => session.dispose(),
  };
}

const prepared = (folder: string) => join(folder, 'prepared');

/** Largest resident set, bytes, of a process that opens the prepared network and predicts three batches. */
export async function memoryWhenPrepared(id: string, size: number, threads: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-bench-'));
  const [maker, reader] = [EngineProcess.ichor(), EngineProcess.ichor()];
  try {
    await maker.ask({ command: 'prepare', id, threads, folder });
    await reader.ask({ command: 'open-prepared', batch: BATCH, size, threads, folder });
    for (let run = 0; run < 3; run++) await reader.ask({ command: 'run' });
    return present((await reader.ask({ command: 'memory' })).bytes);
  } finally {
    await Promise.all([maker.close(), reader.close()]);
    await rm(folder, { recursive: true });
  }
}
