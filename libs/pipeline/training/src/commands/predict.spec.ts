import { tinyModel } from '@ichor/base-model/testing';
import { runCommand, Terminal } from '@ichor/cli';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { baseModelFiles } from '../files.js';
import { readEightBitRecord } from '../eight-bit/record.js';
import { makeTinySet, type TinySet } from '../testing/tiny-set.js';
import { predictCommand } from './predict.js';
import { trainCommand } from './train.js';

const name = 'small';
let set: TinySet;
let app: string;
beforeAll(async () => {
  set = await makeTinySet();
  app = await mkdtemp(join(tmpdir(), 'ichor-app-'));
  await mkdir(join(app, 'dist'));
  await writeFile(
    join(app, 'package.json'),
    JSON.stringify({ type: 'module', nx: { name }, ichor: { kind: 'base-model' } }),
  );
  const model = tinyModel({ name, backbone: 'efficientnet-b0', imageSize: 32, epochs: 1 });
  const content = `export const app = ${JSON.stringify({ model, configurations: {} })};`;
  await writeFile(join(app, 'dist', 'config.js'), content);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  for (const folder of [app, set.root]) await rm(folder, { recursive: true });
});

/** Runs a command on fold 0. */
async function run(command: 'train' | 'predict', ...more: readonly string[]) {
  vi.stubEnv('ICHOR_ROOT', set.root);
  const lines: string[] = [];
  const terminal = new Terminal({ isTTY: false, write: (text: string) => lines.push(text) > 0 });
  const printed: string[] = [];
  const engine = ['--engine', 'onnxruntime', '--provider', 'cpu', '--threads', '1', '--workers', '0'];
  const context = {
    argv: ['--app', app, '--fold', '0', ...engine, ...more],
    terminal,
    print: (line: string) => void printed.push(line),
  };
  const code = await (command === 'train'
    ? runCommand(trainCommand, context)
    : runCommand(predictCommand, context));
  return { code, said: lines.join(''), printed };
}

it('measures 8 bits beside predictions that are there, and says what they cost', async () => {
  expect((await run('train')).code).toBe(0);
  expect((await run('predict', '--set', 'valid')).code).toBe(0);
  const { code, said, printed } = await run('predict', '--set', 'valid', '--eight-bit', '--json');
  expect(code).toBe(0);
  const record = (await readEightBitRecord(baseModelFiles(set.layout, name, 0).eightBit))!;
  expect(JSON.parse(printed[0]!)).toMatchObject({ status: 'nothing-to-do', eightBit: record.compared });
  expect(said).toMatch(/8 bits against float32 on 5 slices: weighted log loss [+-]0\.\d{4}/);
});

it('refuses to measure them on the test set, whose truth nobody knows', async () => {
  const { code, said } = await run('predict', '--set', 'test', '--eight-bit');
  expect(code).toBe(2);
  expect(said).toMatch(/--eight-bit measures on the validation fold/);
});

it('refuses to plan them, because the plan would not count them', async () => {
  const { code, said } = await run('predict', '--plan', '--eight-bit');
  expect(code).toBe(2);
  expect(said).toMatch(/--plan does not count the slices that --eight-bit measures/);
});
