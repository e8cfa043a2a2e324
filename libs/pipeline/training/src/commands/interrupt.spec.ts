import { tinyModel } from '@ichor/base-model/testing';
import { readManifest } from '@ichor/cli';
import { acquireLock } from '@ichor/files';
import { layout } from '@ichor/tables';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { baseModelFiles } from '../files.js';
import { makeTinySet } from '../testing/tiny-set.js';

const program = fileURLToPath(new URL('../../dist/bin/train.js', import.meta.url));
const settings =
  '--fold 0 --epochs 2 --image-size 32 --limit 24 --engine onnxruntime --threads 2 --pretrained none';

/** An app whose network is the smallest that there is. */
async function makeApp(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ichor-app-'));
  await mkdir(join(folder, 'dist'));
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ type: 'module', nx: { name }, ichor: { kind: 'base-model' } }),
  );
  const app = { model: tinyModel({ name, backbone: 'efficientnet-b0', imageSize: 64 }), configurations: {} };
  await writeFile(join(folder, 'dist', 'config.js'), `export const app = ${JSON.stringify(app)};`);
  return folder;
}

/** Runs the command; sends SIGINT once `metrics` has so many lines. */
function train(
  root: string,
  app: string,
  stop?: { readonly metrics: string; readonly lines: number },
  more: readonly string[] = [],
) {
  return new Promise<{ code: number | null; output: string; errors: string }>((resolve) => {
    const child = spawn(process.execPath, [program, '--app', app, ...settings.split(' '), ...more], {
      env: { ...process.env, ICHOR_ROOT: root },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const watch = setInterval(() => {
      if (stop === undefined || linesOf(stop.metrics) < stop.lines) return;
      clearInterval(watch);
      child.kill('SIGINT');
    }, 5);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, output, errors });
    });
  });
}

function linesOf(path: string): number {
  try {
    return readFileSync(path, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

it('saves on SIGINT and leaves; the same command resumes, a third one has nothing to do', async () => {
  const { root } = await makeTinySet();
  const [straight, stopped] = [await makeApp('straight'), await makeApp('stopped')];
  const files = baseModelFiles(layout(root), 'stopped', 0);
  expect(await train(root, straight)).toMatchObject({ code: 0 });

  const first = await train(root, stopped, { metrics: files.metrics, lines: 2 });
  expect(first.code).toBe(130);
  expect(first.output).toBe(
    'stopped fold 0: stopped safely, what is done is saved; run the same command again to go on\n',
  );
  expect(first.errors).toContain('Stopping safely after the current step');
  expect((await readManifest(files.trainManifest)).status).toBe('stopped');
  expect((await readdir(files.folder)).filter((name) => name.startsWith('.lock'))).toEqual([]);

  const second = await train(root, stopped);
  expect(second.code).toBe(0);
  expect(second.errors).toMatch(/going on at epoch 1, step [23]/);
  const weights = await readFile(files.snapshot(1));
  expect(weights.equals(await readFile(baseModelFiles(layout(root), 'straight', 0).snapshot(1)))).toBe(true);
  // 24 slices in batches of 8: three steps and a validation in each of two epochs, none twice.
  expect(linesOf(files.metrics)).toBe(8);
  const { status, config, engine } = await readManifest(files.trainManifest);
  expect({ status, engine }).toEqual({ status: 'complete', engine: 'onnxruntime/cpu' });
  expect(config).toMatchObject({
    fold: 0,
    epochs: 2,
    imageSize: 32,
    limit: 24,
    pretrained: 'none',
    run: { threads: 2 },
  });

  const third = await train(root, stopped);
  expect([third.code, third.output]).toEqual([
    0,
    expect.stringMatching(/^stopped fold 0: was trained already/),
  ]);
}, 300_000);

it('leaves the manifest to the run that holds the lock', async () => {
  const { root } = await makeTinySet(5, 1);
  const files = baseModelFiles(layout(root), 'held', 0);
  const lock = await acquireLock(files.folder, { purpose: 'fold0' });
  const { code, errors } = await train(root, await makeApp('held'));
  await lock.release();
  expect(code).toBe(1);
  expect(errors).toContain(`process ${process.pid}`);
  expect(existsSync(files.trainManifest)).toBe(false);
}, 60_000);

it('passes once through everything with --fast-dev-run, and does not change existing files', async () => {
  const { root } = await makeTinySet(5, 1);
  const files = baseModelFiles(layout(root), 'dry', 0);
  await mkdir(files.folder);
  for (const file of [files.history, files.snapshot(0), files.valid])
    await writeFile(file, 'of a run before');
  const { code, output, errors } = await train(root, await makeApp('dry'), undefined, [
    '--fast-dev-run',
    '--fresh',
  ]);
  expect([code, errors]).toEqual([0, expect.stringContaining('validation loss')]);
  // Of the fold and of the test set five slices each, in batches of 8.
  expect(output).toMatch(
    /^dry fold 0: one step passed through training, .* the predictions of 10 slices; its [\d.]+ MB are removed\n$/,
  );
  expect((await readdir(join(root, 'intermediate_output'))).sort()).toEqual(['dry', 'preprocessed_data']);
  const kept = (await readdir(files.folder)).sort();
  expect(kept).toEqual(['fold0_epoch0.safetensors', 'fold0_history.json', 'fold0_valid.arrow']);
  for (const name of kept) expect(await readFile(join(files.folder, name), 'utf8')).toBe('of a run before');
}, 300_000);
