import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { programOptions, stepArguments, type StepArguments } from './arguments.js';

const workspace = fileURLToPath(new URL('../../../../', import.meta.url));

const step = (kind: StepArguments['kind'], given: string, more: Partial<StepArguments> = {}) =>
  stepArguments({
    kind,
    fixed: [],
    settings: [],
    given: given.split(' ').filter((word) => word !== ''),
    named: false,
    ...more,
  }).join(' ');

describe('the options of the programs', () => {
  it.each([
    ['preprocess', 'apps/preprocess/dist/main.js'],
    ['train', 'libs/pipeline/training/dist/bin/train.js'],
    ['predict', 'libs/pipeline/training/dist/bin/predict.js'],
    ['stack', 'libs/pipeline/stacking/dist/bin/train.js'],
    ['submission', 'apps/submission/dist/main.js'],
  ] as const)('of %s are those that it names itself', (kind, program) => {
    const help = execFileSync(process.execPath, [program, '--help'], { cwd: workspace, encoding: 'utf8' });
    const names = [...help.matchAll(/^ {2,}(?:-\w, )?--(?:no-)?([\w-]+)/gm)].map(([, name = '']) => name);
    expect([...new Set(names)].filter((name) => name !== 'help').sort()).toEqual(
      [...programOptions[kind]].sort(),
    );
  });
});

describe('stepArguments', () => {
  it('takes what the user gave instead of what the configuration says, however it is written', () => {
    const settings = ['--config', 'demo', '--threads', '1'];
    for (const given of ['--threads 4', '--threads=4']) {
      expect(step('train', given, { settings, named: true })).toBe(`--config demo ${given}`);
    }
    expect(step('train', '--config other', { settings, named: true })).toBe('--threads 1 --config other');
    expect(step('stack', '--no-nested', { settings: ['--nested'] })).toBe('--no-nested');
    expect(step('train', '--microBatch 4', { settings: ['--micro-batch', '2'] })).toBe('--microBatch 4');
  });

  it('gives each program of a chain what is its own', () => {
    const given =
      '--micro-batch 4 --provider cuda --set valid --seed 7 --workers 2 --gbdt lightgbm --draws 10';
    expect(step('submission', given, { named: true })).toBe('--draws 10');
    expect(step('stack', given)).toBe('--provider cuda --gbdt lightgbm');
    expect(step('predict', given)).toBe('--micro-batch 4 --provider cuda --set valid --seed 7 --workers 2');
    expect(step('train', given)).toBe('--micro-batch 4 --provider cuda --seed 7 --workers 2');
    // Another seed and other folds than those of a training.
    expect(step('preprocess', given)).toBe('--workers 2');
    expect(step('preprocess', '--seed 7 --folds 3', { named: true })).toBe('--seed 7 --folds 3');
  });

  it('does not start anew what the named step needs', () => {
    expect(step('predict', '--fresh --json', { named: true })).toBe('--fresh --json');
    expect(step('train', '--fresh --json')).toBe('');
  });

  it('passes on what is wrong, so that the program refuses it', () => {
    expect(step('preprocess', '--micro-bacth 4')).toBe('--micro-bacth 4');
    // Of a step after it, of one before it that takes it only for itself.
    expect(step('train', '--set valid', { named: true })).toBe('--set valid');
    expect(step('predict', '--strict', { named: true })).toBe('--strict');
    expect(step('submission', '--fresh', { named: true })).toBe('--fresh');
  });
});
