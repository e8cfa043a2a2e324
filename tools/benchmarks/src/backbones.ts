import { defineBaseModel, sequenceFamily, type BaseModel } from '@ichor/base-model';
import { IchorError, present } from '@ichor/files';
import { createEngine, type Engine } from '@ichor/runtime';
import { LABELS } from '@ichor/tables';
import { trainFold } from '@ichor/training';
import { parseArgs } from 'node:util';
import { median } from './preprocess/median.js';

export const title = 'Backbones of nine channels after the same processor time';

type Backbone = BaseModel['backbone'];

const BACKBONES: readonly Backbone[] = ['efficientnet-b0', 'densenet121-half', 'se_resnext50_32x4d'];
/** Steps that the cost of a step is measured on; the first ones make the graphs. */
const PROBED = 8;

/**
 * `--root DIR` (a preprocessed set), `--seconds N` (processor time of the steps of each, default 100), `--image-size N` (default
 * 64), `--fold K` (default 0), `--backbones A,B`, `--pretrained FILE` (weights of the one backbone that is named; default random
 * ones). All by the recipe `from-scratch`, batch 16.
 */
export async function run(args: string[]): Promise<string> {
  const { values } = parseArgs({
    args,
    options: {
      root: { type: 'string' },
      seconds: { type: 'string', default: '100' },
      'image-size': { type: 'string', default: '64' },
      fold: { type: 'string', default: '0' },
      backbones: { type: 'string', default: BACKBONES.join() },
      pretrained: { type: 'string', default: 'none' },
    },
  });
  const { root } = values;
  if (root === undefined) {
    throw new IchorError({
      code: 'benchmarks/arguments',
      reason: 'there is no set named',
      remedy: 'npm run bench -- backbones --root DIR, the folder of a preprocessed set',
    });
  }
  const engine = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
  const rows: string[] = [];
  for (const backbone of values.backbones.split(',') as Backbone[]) {
    const contest: Contest = {
      engine,
      root,
      fold: Number(values.fold),
      imageSize: Number(values['image-size']),
      pretrained: values.pretrained,
    };
    const perStep = median(await stepCosts(contest, backbone));
    const steps = Math.max(1, Math.floor(Number(values.seconds) / perStep));
    const { history } = await trainFold({ ...options(contest, backbone, steps, 'bench'), fresh: true });
    const { validationLoss, scores } = present(history.epochs.at(-1));
    const auc = scores.auc.map((value) => value?.toFixed(3) ?? 'n/a');
    rows.push(
      `| ${[backbone, (1000 * perStep).toFixed(0), steps, validationLoss.toFixed(4), ...auc].join(' | ')} |`,
    );
  }
  const header = ['', 'ms of processor a step', 'steps', 'loss', ...LABELS.map((label) => `AUC ${label}`)];
  return [
    `# ${title}`,
    '',
    `${values.seconds} s each, images of ${values['image-size']} pixels, held-out fold ${values.fold}.`,
    '',
    `| ${header.join(' | ')} |`,
    `| ${header.map(() => '---').join(' | ')} |`,
    ...rows,
  ].join('\n');
}

interface Contest {
  readonly engine: Engine;
  readonly root: string;
  readonly fold: number;
  readonly imageSize: number;
  readonly pretrained: string;
}

function options(
  { engine, root, fold, imageSize, pretrained }: Contest,
  backbone: Backbone,
  steps: number,
  name: string,
) {
  const batchSize = 16;
  const { model } = defineBaseModel({
    ...sequenceFamily,
    recipe: 'from-scratch',
    name: `${name}-${backbone.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
    backbone,
    pretrained,
    imageSize,
    batchSize,
    // A mean of a thousand steps would hold the beginning of a short training.
    weightAveraging: undefined,
    epochs: 1,
    slicesPerEpoch: steps * batchSize,
    validationSlices: 1500,
    snapshot: 'last',
  });
  return { model, fold, engine, root, workers: 1 };
}

/** Seconds of processor time of some steps. */
async function stepCosts(contest: Contest, backbone: Backbone): Promise<number[]> {
  const seconds: number[] = [];
  let before = process.cpuUsage();
  const stop = new AbortController();
  await trainFold({
    ...options(contest, backbone, PROBED + 2, 'probe'),
    fresh: true,
    signal: stop.signal,
    events: {
      step: () => {
        const { user, system } = process.cpuUsage(before);
        seconds.push((user + system) / 1e6);
        before = process.cpuUsage();
        if (seconds.length === PROBED) stop.abort();
      },
    },
  });
  return seconds.slice(3);
}
