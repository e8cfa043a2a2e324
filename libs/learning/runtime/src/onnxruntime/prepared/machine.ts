import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { channelBlock } from '../channel-block.js';
import { FORMAT } from './entry.js';

/**
 * Name of what a prepared network is valid for: onnxruntime's version, and a processor with the same instructions. On another one
 * the graph may hold operators that it lacks, or weights in another layout.
 */
export async function machineName(): Promise<string> {
  const version = onnxRuntimeVersion();
  const block = (await channelBlock('cpu')) ?? 1;
  const model = os.cpus()[0]?.model ?? '';
  const exact = JSON.stringify([FORMAT, version, process.platform, process.arch, model, block]);
  const hash = createHash('sha256').update(exact).digest('hex').slice(0, 8);
  return `onnxruntime-${version}-${process.platform}-${process.arch}-${hash}`;
}

function onnxRuntimeVersion(): string {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  const { version } = JSON.parse(readFileSync(join(dirname(main), '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
