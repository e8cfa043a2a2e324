import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { IchorError } from '@ichor/files';
import { positive } from './engine/positive.js';
import { openNetwork, type NetworkRequest } from './engine/network-session.js';
import { operatorsNamed } from './engine/operators-named.js';
import { BATCH, type Mode } from './engine/protocol.js';
import { nodeTimes, type NodeTime, type ProfileEvent } from './profile/by-operator.js';
import { nodeTable, operatorTable } from './profile/markdown.js';

export const title = 'Where the time of a network goes: milliseconds by operator';

/** Runs that do not count: they allocate memory. */
const IGNORED = 2;

/**
 * By onnxruntime's profiler, of one training step or one inference.
 *
 * `--only ID,...` (default densenet201,inceptionv4), `--mode train|infer` (default train), `--size N,...` (default 128,224), `--threads N`
 * (default 1), `--operators public|native` (default public; training), `--rounds N` (default 5), `--nodes N` (default 0: also the so many slowest nodes with their shapes).
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: 'densenet201,inceptionv4' },
      mode: { type: 'string', default: 'train' },
      size: { type: 'string', default: '128,224' },
      threads: { type: 'string', default: '1' },
      operators: { type: 'string', default: 'public' },
      rounds: { type: 'string', default: '5' },
      nodes: { type: 'string', default: '0' },
    },
  });
  const mode = modeNamed(values.mode);
  const sizes = values.size.split(',').map((size) => positive('size', size));
  const threads = positive('threads', values.threads);
  const operators = operatorsNamed(values.operators);
  const rounds = positive('rounds', values.rounds);
  const slowest = values.nodes === '0' ? 0 : positive('nodes', values.nodes);
  const sections: string[] = [];
  for (const size of sizes) {
    const profiles: { readonly id: string; readonly times: NodeTime[] }[] = [];
    for (const id of values.only.split(',')) {
      profiles.push({ id, times: await profileOf({ id, mode, size, threads, operators }, rounds) });
    }
    sections.push(`## ${size} x ${size} pixels`, operatorTable(profiles));
    if (slowest === 0) continue;
    for (const { id, times } of profiles)
      sections.push(`### ${id}, the slowest nodes`, nodeTable(times, slowest));
  }
  return [
    `# ${title}`,
    `${mode === 'train' ? 'One training step without the optimizer' : 'One inference'}; batch ${BATCH}, ` +
      `${threads} ${threads === 1 ? 'thread' : 'threads'}, ${os.cpus()[0]?.model ?? 'unknown processor'}. Time in the kernels of ` +
      `onnxruntime's CPU provider, of each node the least of ${rounds} runs; what passes between two nodes is not in it.`,
    ...sections,
  ].join('\n\n');
}

async function profileOf(
  network: Pick<NetworkRequest, 'id' | 'mode' | 'size' | 'threads' | 'operators'>,
  rounds: number,
): Promise<NodeTime[]> {
  const folder = await mkdtemp(join(os.tmpdir(), 'ichor-bench-profile-'));
  try {
    const session = await openNetwork({ ...network, batch: BATCH, profile: join(folder, 'nodes') });
    for (let round = 0; round < IGNORED + rounds; round++) await session.run();
    // Writes the file.
    await session.dispose();
    const [file, ...others] = await readdir(folder);
    if (file === undefined || others.length > 0) {
      throw new IchorError({
        code: 'benchmarks/profile',
        reason: `onnxruntime wrote ${others.length + Number(file !== undefined)} profiles of ${network.id} instead of one`,
      });
    }
    const events = JSON.parse(await readFile(join(folder, file), 'utf8')) as ProfileEvent[];
    return nodeTimes(events, IGNORED);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function modeNamed(name: string): Mode {
  if (name === 'train' || name === 'infer') return name;
  throw new IchorError({
    code: 'benchmarks/option',
    reason: `there is no mode ${name}`,
    remedy: 'train or infer',
  });
}
