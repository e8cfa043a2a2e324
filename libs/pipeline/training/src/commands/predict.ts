import { defineCommand, UsageError } from '@ichor/cli';
import { engineOf, modelPositional } from '@ichor/experiment';
import { chosenFolds } from '@ichor/folds';
import { layout, type PredictionKind } from '@ichor/tables';
import { z } from 'zod';
import { planModel, planText } from '../plan/plan.js';
import { commonOptions } from './options.js';
import { predictOneFold } from './predict-one-fold.js';
import { modelOf, printedSettings } from './run.js';

export const predictCommand = defineCommand({
  name: 'predict',
  summary: 'Predicts the validation fold and the test set with a trained base model.',
  description:
    'Works below ICHOR_ROOT (default: the workspace) on the folds of ICHOR_FOLDS (default: all five). Not a medical device.',
  options: {
    ...commonOptions,
    set: z.enum(['all', 'valid', 'test']).default('all').describe('Which slices'),
    eightBit: z
      .boolean()
      .describe('Measure what 8 bits cost the out-of-fold predictions, for ichor bundle --precision int8'),
    json: z.boolean().describe('Print a line of JSON for each fold and set'),
  },
  examples: [
    { command: 'predict model-base --fold 0 --set valid', does: 'out-of-fold predictions' },
    {
      command: 'predict model-base --set valid --eight-bit',
      does: 'what 8 bits would cost them; predictions that are there stay',
    },
  ],
  positionals: modelPositional,
  async run(options, { positionals, ...context }) {
    const { signal, print } = context;
    const model = await modelOf(options, positionals);
    if (options.printConfig) {
      print(printedSettings(model));
      return;
    }
    if (options.eightBit && options.set === 'test') {
      throw new UsageError(
        '--eight-bit measures on the validation fold, which --set test leaves out',
        'choose --set valid',
      );
    }
    if (options.eightBit && options.plan) {
      throw new UsageError(
        '--plan does not count the slices that --eight-bit measures',
        'leave one of the two out',
      );
    }
    const engine = await engineOf(options);
    if (options.plan) {
      const plan = await planModel(layout(), model, engine, {
        folds: chosenFolds(options.fold),
        predict: true,
        retrain: false,
        repredict: options.fresh,
      });
      print(options.json ? JSON.stringify(plan, null, 2) : planText(plan));
      return;
    }
    const sets: PredictionKind[] = options.set === 'all' ? ['valid', 'test'] : [options.set];
    for (const fold of chosenFolds(options.fold)) {
      await predictOneFold({ model, fold, engine, options, sets, eightBit: options.eightBit }, context);
      if (signal.aborted) return;
    }
  },
});
