import { defineCommand } from '@ichor/cli';
import { endedWell, engineOf, modelPositional } from '@ichor/experiment';
import { chosenFolds } from '@ichor/folds';
import { layout, type PredictionKind } from '@ichor/tables';
import { z } from 'zod';
import { predictFold } from '../predict/predict-fold.js';
import { predictionEvents } from '../report/prediction-events.js';
import { scoreTable } from '../report/score-table.js';
import { planModel, planText } from '../plan/plan.js';
import { commonOptions } from './options.js';
import { modelOf, openFold, printedSettings } from './run.js';

const words = {
  complete: 'predicted',
  stopped: 'stopped',
  'nothing-to-do': 'were predicted already',
};

export const predictCommand = defineCommand({
  name: 'predict',
  summary: 'Predicts the validation fold and the test set with a trained base model.',
  description:
    'Works below ICHOR_ROOT (default: the workspace) on the folds of ICHOR_FOLDS (default: all five). Not a medical device.',
  options: {
    ...commonOptions,
    set: z.enum(['all', 'valid', 'test']).default('all').describe('Which slices'),
    json: z.boolean().describe('Print a line of JSON for each fold and set'),
  },
  examples: [{ command: 'predict model-base --fold 0 --set valid', does: 'out-of-fold predictions' }],
  positionals: modelPositional,
  async run(options, { positionals, signal, terminal, print }) {
    const model = await modelOf(options, positionals);
    if (options.printConfig) {
      print(printedSettings(model));
      return;
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
      const { files, record, report } = openFold({
        command: 'predict',
        model,
        fold,
        options,
        engine,
        terminal,
      });
      await report.while(async () => {
        const predictions = await predictFold({
          model,
          fold,
          engine,
          sets,
          workers: options.workers,
          prefetch: options.prefetch,
          fresh: options.fresh,
          signal,
          events: predictionEvents(report),
        });
        record.result('predictions', predictions);
        const news = predictions.some(({ status }) => status !== 'nothing-to-do');
        if (news || !(await endedWell(files.predictManifest))) {
          await record.write(files.predictManifest, signal.aborted ? 'stopped' : 'complete');
        }
        for (const prediction of predictions) {
          const { set, status, epoch, scores } = prediction;
          const outcome = `${model.name} fold ${fold}: ${set} slices ${words[status]} with the weights of epoch ${epoch + 1}`;
          report.ended(outcome);
          if (scores !== undefined) report.log.info(`${model.name} fold ${fold}\n${scoreTable(scores)}`);
          print(options.json ? JSON.stringify({ model: model.name, fold, ...prediction }) : outcome);
        }
      });
      if (signal.aborted) return;
    }
  },
});
