import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { IchorError } from '@ichor/files';
import { providerFailure, type OnnxProvider } from '@ichor/runtime';
import { candidates, diagnose, report as doctorReport } from '@ichor/runtime/doctor';
import { Side, type SideResult } from './engine/duel.js';
import { EngineProcess } from './engine/engine-process.js';
import { BATCH, type Mode, type Variant } from './engine/protocol.js';

export const title = 'What a GPU gives';

const networks = ['se_resnext50_32x4d', 'efficientnet-b3', 'senet154'];
const modes: readonly Mode[] = ['train', 'infer'];

interface Row extends SideResult {
  readonly who: string;
  readonly id: string;
  readonly mode: Mode;
}

/**
 * All measurements that need a GPU, in one run: the report of the doctor, parity with the reference networks, a training step and
 * inference of three networks on every provider that works, and PyTorch on CUDA where Python has it ($PYTHON).
 *
 * `--providers NAME,...` (default cuda,webgpu,dml), `--only ID,...`, `--size N` (default 224), `--rounds N` (default 7),
 * `--parity FOLDER` of fixtures (default: parity is left out, and the report says so).
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      providers: { type: 'string', default: 'cuda,webgpu,dml' },
      only: { type: 'string', default: networks.join(',') },
      size: { type: 'string', default: '224' },
      rounds: { type: 'string', default: '7' },
      parity: { type: 'string' },
    },
  });
  const providers = values.providers.split(',').map(providerNamed);
  const size = Number(values.size);
  const rounds = Number(values.rounds);
  const working: OnnxProvider[] = [];
  const missing: string[] = [];
  for (const provider of providers) {
    const failure = await providerFailure(provider, {});
    if (failure === undefined) working.push(provider);
    else missing.push(`${provider}: ${failure}`);
  }
  const rows: Row[] = [];
  for (const id of values.only.split(',')) {
    for (const mode of modes) {
      const add = async (contestant: Contestant) => {
        const result = await measure({ id, mode, size, rounds }, contestant);
        if (typeof result === 'string') missing.push(result);
        else rows.push(result);
      };
      for (const provider of working) {
        await add({ process: EngineProcess.ichor(), how: { provider }, who: `Ichor, ${provider}` });
      }
      for (const how of ['cuda', 'cuda-bf16'] as const) {
        await add({ process: EngineProcess.peer(), how, who: 'PyTorch' });
      }
    }
  }
  return [
    `# ${title}`,
    `Batch ${BATCH}, ${size} x ${size} pixels, median of ${rounds} runs of one process at a time; the batch comes from the memory of the host.`,
    `Providers that work here: ${working.join(', ') || 'none'}.${missing.map((line) => `\n- left out: ${line}`).join('')}`,
    '## Doctor',
    `\`\`\`\n${doctorReport(await Promise.all(candidates.map(diagnose))).trimEnd()}\n\`\`\``,
    '## Parity',
    parity(values.parity, working),
    '## Training step and inference',
    table(rows),
  ].join('\n\n');
}

function providerNamed(name: string): OnnxProvider {
  if (name === 'cuda' || name === 'webgpu' || name === 'dml' || name === 'cpu') return name;
  throw new IchorError({
    code: 'benchmarks/option',
    reason: `there is no provider ${name}`,
    remedy: 'choose of cuda, webgpu, dml, cpu',
  });
}

interface Contest {
  readonly id: string;
  readonly mode: Mode;
  readonly size: number;
  readonly rounds: number;
}

interface Contestant {
  readonly process: EngineProcess;
  readonly how: Variant | { readonly provider: OnnxProvider };
  readonly who: string;
}

/** @returns the row of the table, or in words why there is none */
async function measure(
  { rounds, ...contest }: Contest,
  { process: program, how, who }: Contestant,
): Promise<Row | string> {
  const { id, mode } = contest;
  const side = new Side(program);
  try {
    const version = await side.open(contest, 2, how);
    for (let round = 0; round < rounds; round++) await side.run();
    const name = typeof how === 'string' ? `${version}, ${how}` : who;
    const row = { ...(await side.result()), who: name, id, mode };
    process.stderr.write(`${mode} ${id}: ${name} ${row.milliseconds.toFixed(1)} ms\n`);
    return row;
  } catch (error) {
    if (!(error instanceof IchorError)) throw error;
    return `${who} ${typeof how === 'string' ? how : ''} ${mode} ${id}: ${error.reason}`;
  } finally {
    await side.close();
  }
}

function table(rows: readonly Row[]): string {
  const header =
    '| network | | who | ms | fastest | start s | peak MB of the host |\n| --- | --- | --- | ---: | ---: | ---: | ---: |';
  return [
    header,
    ...rows.map(
      ({ id, mode, who, milliseconds, fastest, creation, bytes }) =>
        `| ${id} | ${mode} | ${who} | ${milliseconds.toFixed(1)} | ${fastest.toFixed(1)} | ${(creation / 1000).toFixed(1)} | ${(bytes / 2 ** 20).toFixed(0)} |`,
    ),
  ].join('\n');
}

/** The fixtures on each provider, by the command of the workspace in a process of its own. */
function parity(folder: string | undefined, providers: readonly OnnxProvider[]): string {
  if (folder === undefined) return 'Left out: no folder of fixtures was given (`--parity FOLDER`).';
  const program = fileURLToPath(new URL('../../parity/dist/main.js', import.meta.url));
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));
  return providers
    .map((provider) => {
      const { stdout, stderr, status, error } = spawnSync(
        process.execPath,
        [program, '--provider', provider, ...files],
        {
          encoding: 'utf8',
        },
      );
      if (error) throw error;
      return `### ${provider} (exit code ${status})\n\n\`\`\`\n${stdout.trimEnd()}${stderr.trimEnd()}\n\`\`\``;
    })
    .join('\n\n');
}
