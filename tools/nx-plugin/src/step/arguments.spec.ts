import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { OptionSpec } from '@ichor/cli';
import { format, resolveConfig } from 'prettier';
import { folderOfRun, onlyTells, stepArguments, type StepArguments } from './arguments.js';

const workspace = fileURLToPath(new URL('../../../../', import.meta.url));

const step = (kind: StepArguments['kind'], given: string, more: Partial<StepArguments> = {}) =>
  stepArguments({
    kind,
    fixed: [],
    settings: [],
    given: given.split(' ').filter((word) => word !== ''),
    named: false,
    ofNamedModel: more.named ?? false,
    ...more,
  }).join(' ');

describe('the schemas, whose text `--help` of Nx shows', () => {
  it.each([
    ['preprocess', 'apps/preprocess/dist/main.js', 'npx nx run preprocess:preprocess --workers 8'],
    [
      'train',
      'libs/pipeline/training/dist/bin/train.js',
      'npx nx run xception:train-fold-0 --run short --epochs 1',
    ],
    [
      'predict',
      'libs/pipeline/training/dist/bin/predict.js',
      'ICHOR_FOLDS=0,1 npx nx run xception:predict --micro-batch 4',
    ],
    ['stack', 'libs/pipeline/stacking/dist/bin/train.js', 'npx nx run lgbm-stacking-1:train --gbdt lightgbm'],
    ['submission', 'apps/submission/dist/main.js', 'npx nx run submission:make --draws 100'],
  ] as const)(
    'of %s have the options that the program names (rewrite them: vitest run FILE --update)',
    async (kind, program, command) => {
      const help = execFileSync(process.execPath, [program, '--help', '--json'], {
        cwd: workspace,
        encoding: 'utf8',
      });
      const file = fileURLToPath(new URL(`schemas/${kind}.json`, import.meta.url));
      const schema = JSON.stringify(schemaOf(JSON.parse(help) as ProgramHelp, command));
      const options = await resolveConfig(file);
      await expect(await format(schema, { ...options, parser: 'json' })).toMatchFileSnapshot(file);
    },
  );
});

interface ProgramHelp {
  readonly summary: string;
  readonly options: readonly OptionSpec[];
}

/** A schema for Nx. Defaults are named in the text only: the program fills them in. */
function schemaOf({ summary, options }: ProgramHelp, command: string) {
  return {
    $schema: 'https://json-schema.org/schema',
    version: 2,
    title: summary,
    description:
      `${summary} What is done is not done again. Options go to the program of this step and to those of the steps ` +
      'that it starts, each takes its own, and they win over a configuration.',
    type: 'object',
    cli: 'nx',
    outputCapture: 'direct-nodejs',
    examples: [{ command, description: 'with other settings, this once' }],
    properties: {
      ...Object.fromEntries(
        options.map((option) => [
          option.kind === 'flag' && option.default === true ? `no-${option.flag}` : option.flag,
          {
            type: option.kind === 'flag' ? 'boolean' : option.kind === 'number' ? 'number' : 'string',
            description: describeOption(option),
          },
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(ofThePlugin).map(([name, property]) => [name, { hidden: true, ...property }]),
      ),
    },
    additionalProperties: true,
  };
}

const words = { type: 'array', items: { type: 'string' } };

/** What the plugin tells the executor. */
const ofThePlugin = {
  kind: { type: 'string', description: 'Whose options the program takes' },
  program: { type: 'string', description: 'JavaScript file to run, relative to the workspace' },
  programArguments: { ...words, description: 'What it is always given' },
  settings: { ...words, description: 'What a configuration adds, e.g. --config demo' },
  folder: { type: 'string', description: 'Where it writes, relative to ICHOR_ROOT' },
  products: { ...words, description: 'Names of its files; * stands for any part. Each must match a file' },
  __unparsed__: { ...words, $default: { $source: 'unparsed' }, 'x-priority': 'internal' },
};

function describeOption({ kind, description, choices, default: preset }: OptionSpec): string {
  const facts = [
    ...(choices === undefined ? [] : [choices.join(', ')]),
    // Of a machine: threads, cores.
    ...(preset === undefined || kind === 'flag' || typeof preset === 'number'
      ? []
      : [`default ${String(preset)}`]),
  ];
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}

describe('stepArguments', () => {
  it('prefers options of the user to those of the configuration, in every spelling', () => {
    const settings = ['--config', 'demo', '--threads', '1'];
    for (const given of ['--threads 4', '--threads=4']) {
      expect(step('train', given, { settings, named: true })).toBe(`--config demo ${given}`);
    }
    expect(step('train', '--config other', { settings, named: true })).toBe('--threads 1 --config other');
    expect(step('stack', '--no-nested', { settings: ['--nested'] })).toBe('--no-nested');
    expect(step('train', '--microBatch 4', { settings: ['--micro-batch', '2'] })).toBe('--microBatch 4');
  });

  it('gives each program of a chain its own options', () => {
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

  it('passes on unknown options, so that the program refuses them', () => {
    expect(step('preprocess', '--micro-bacth 4')).toBe('--micro-bacth 4');
    // Of a step after it, of one before it that takes it only for itself.
    expect(step('train', '--set valid', { named: true })).toBe('--set valid');
    expect(step('predict', '--strict', { named: true })).toBe('--strict');
    expect(step('submission', '--fresh', { named: true })).toBe('--fresh');
  });

  it('gives a run and its settings to all steps of the model that the user named, and to no other', () => {
    const given = '--run slow --config slow.yaml --epochs 1';
    expect(step('train', given, { ofNamedModel: true })).toBe(given);
    expect(step('predict', given, { named: true })).toBe(given);
    expect(step('train', given)).toBe('--epochs 1');
    expect(step('stack', given, { named: true })).toBe('--run slow --config slow.yaml');
    // The submission takes the unnamed run only: refused, not ignored.
    expect(step('submission', '--run slow', { named: true })).toBe('--run slow');
  });
});

describe('folderOfRun', () => {
  it('is next to that of the model, for names of runs only', () => {
    expect(folderOfRun('intermediate_output/net', ['--epochs', '1'])).toBe('intermediate_output/net');
    for (const words of [
      ['--run', 'slow'],
      ['--epochs', '1', '--run=slow'],
    ])
      expect(folderOfRun('intermediate_output/net', words)).toBe('intermediate_output/net.slow');
    for (const name of ['../net', 'a/b', '', '.', 'A', 'a.b', 'a'.repeat(41)]) {
      expect(folderOfRun('intermediate_output/net', ['--run', name])).toBe('intermediate_output/net');
    }
  });
});

it('knows the options with which a program writes nothing', () => {
  expect(onlyTells(['--epochs', '1', '--print-config'])).toBe(true);
  expect(onlyTells(['--epochs', '1'])).toBe(false);
});
