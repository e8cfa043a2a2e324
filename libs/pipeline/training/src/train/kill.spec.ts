import { RandomStream } from '@ichor/files/random';
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { readVariable } from '@ichor/files';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { makeTinySet } from '../testing/tiny-set.js';

const program = fileURLToPath(new URL('../../dist/testing/tiny-run.js', import.meta.url));

/** Runs to the end, or to kill -9 after so many of its lines. */
function run(root: string, lines = Infinity): Promise<'done' | 'killed'> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, root, 'tiny'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.split('\n').length > lines) child.kill('SIGKILL');
    });
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0) resolve('done');
      else reject(new Error(errors));
    });
  });
}

/** The results of a run; its history also holds times. */
async function products(root: string): Promise<Map<string, Buffer>> {
  const folder = join(root, 'intermediate_output', 'tiny');
  const names = (await readdir(folder)).filter((file) => /\.(safetensors|arrow)$/.test(file)).sort();
  return new Map(
    await Promise.all(names.map(async (file) => [file, await readFile(join(folder, file))] as const)),
  );
}

/** Half-written files of a killed run that were not removed. */
async function unfinished(root: string): Promise<string[]> {
  const names = await readdir(join(root, 'intermediate_output', 'tiny'));
  return names.filter((name) => name.startsWith('fold0_') && name.includes('.tmp-'));
}

// npm run test:kill does it twenty times.
const kills = Number(readVariable('kills') ?? 6);

it(
  `gives the same weights and predictions after ${kills} times kill -9`,
  async () => {
    const undisturbed = (await makeTinySet(8, 2)).root;
    expect(await run(undisturbed)).toBe('done');
    const expected = await products(undisturbed);
    expect([...expected.keys()]).toEqual([
      'fold0_epoch0.safetensors',
      'fold0_epoch1.safetensors',
      'fold0_epoch2.safetensors',
      'fold0_test.arrow',
      'fold0_valid.arrow',
    ]);

    const random = new RandomStream('kill', kills);
    let killed = 0;
    while (killed < kills) {
      // An equal set in another place, trained in spite of one kill after the other.
      const { root } = await makeTinySet(8, 2);
      for (let outcome = 'killed'; outcome === 'killed';) {
        // A run from the start has about 50 lines; some come as far as the predictions.
        const lines = killed < kills ? random.integer(random.bernoulli(0.7) ? 10 : 40) : Infinity;
        outcome = await run(root, lines);
        if (outcome === 'killed') killed++;
      }
      const found = await products(root);
      expect([...found.keys()]).toEqual([...expected.keys()]);
      for (const [file, bytes] of expected) expect(found.get(file)?.equals(bytes), file).toBe(true);
      expect(await unfinished(root)).toEqual([]);
    }
  },
  (1 + kills) * 60_000,
);
