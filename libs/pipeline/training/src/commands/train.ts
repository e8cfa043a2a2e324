import { defineCommand } from '@ichor/cli';
import { engineOf, modelPositional } from '@ichor/experiment';
import { chosenFolds } from '@ichor/folds';
import { layout } from '@ichor/tables';
import { planModel, planText } from '../plan/plan.js';
import { fastDevRun } from './fast-dev-run.js';
import { showLearningRates } from './find-learning-rate.js';
import { trainOptions } from './options.js';
import { modelOf, printedSettings } from './run.js';
import { trainOneFold } from './train-one-fold.js';

export const trainCommand = defineCommand({
  name: 'train',
  summary: 'Trains a base model: every fold, or one; resumes where it stopped.',
  description:
    'Works below ICHOR_ROOT (default: the workspace) on the folds of ICHOR_FOLDS (default: all five). Ctrl-C saves; the same command resumes. Not a medical device.',
  options: trainOptions,
  examples: [
    { command: 'train model-base --fold 0', does: 'train fold 0' },
    { command: 'train xception --config demo', does: 'all folds, small images, few epochs' },
    { command: 'train xception --print-config > slow.yaml', does: 'the settings, to edit' },
    {
      command: 'train xception --fold 0 --fast-dev-run',
      does: 'one step of everything, which leaves nothing',
    },
    { command: 'train xception --plan', does: 'what it would do, hours, disk and memory' },
    {
      command: 'train xception --fold 0 --run slow --config slow.yaml',
      does: 'another experiment beside the first',
    },
  ],
  positionals: modelPositional,
  async run(options, { positionals, ...context }) {
    const { signal, terminal, print } = context;
    const model = await modelOf(options, positionals);
    if (options.printConfig) {
      print(printedSettings(model));
      return;
    }
    const engine = await engineOf(options);
    const { precision = 'float32' } = model;
    if (precision !== 'float32' && engine.provider === 'cpu') {
      terminal.print(
        `--precision ${precision}: the CPU rounds the operands and multiplies in float32, which takes longer than float32`,
      );
    }
    if (options.plan) {
      const plan = await planModel(layout(), model, engine, {
        folds: chosenFolds(options.fold),
        predict: false,
        retrain: options.fresh,
        repredict: false,
      });
      print(options.json ? JSON.stringify(plan, null, 2) : planText(plan));
      return;
    }
    const work = options.findLearningRate
      ? showLearningRates
      : options.fastDevRun
        ? fastDevRun
        : trainOneFold;
    for (const fold of chosenFolds(options.fold)) {
      await work(model, fold, engine, options, context);
      if (signal.aborted) return;
    }
  },
});
