import type { BaseModel } from '@ichor/base-model';
import type { CommandContext } from '@ichor/cli';
import { endedWell } from '@ichor/experiment';
import type { Engine } from '@ichor/runtime';
import type { PredictionKind } from '@ichor/tables';
import type { z } from 'zod';
import type { EightBitComparison } from '../eight-bit/record.js';
import { predictFold } from '../predict/predict-fold.js';
import { predictionEvents } from '../report/prediction-events.js';
import { scoreTable } from '../report/score-table.js';
import { cacheOf, type commonOptions } from './options.js';
import { openFold } from './run.js';

const words = {
  complete: 'predicted',
  stopped: 'stopped',
  'nothing-to-do': 'were predicted already',
};

export interface OneFold {
  readonly model: BaseModel;
  readonly fold: number;
  readonly engine: Engine;
  readonly options: z.infer<z.ZodObject<typeof commonOptions>> & { readonly json: boolean };
  readonly sets: readonly PredictionKind[];
  /** Measure 8 bits too. */
  readonly eightBit?: boolean;
}

/** Predicts sets of one fold and tells of it: terminal, log, manifest. */
export async function predictOneFold(
  { model, fold, engine, options, sets, eightBit = false }: OneFold,
  { signal, terminal, print }: Pick<CommandContext, 'signal' | 'terminal' | 'print'>,
): Promise<void> {
  const { files, record, report } = openFold({ command: 'predict', model, fold, options, engine, terminal });
  await report.while(async () => {
    const predictions = await predictFold({
      model,
      fold,
      engine,
      sets,
      workers: options.workers,
      cache: cacheOf(options),
      prefetch: options.prefetch,
      fresh: options.fresh,
      eightBit,
      signal,
      events: predictionEvents(report),
    });
    record.result('predictions', predictions);
    const news = predictions.some(({ status }) => status !== 'nothing-to-do');
    if (news || !(await endedWell(files.predictManifest))) {
      await record.write(files.predictManifest, signal.aborted ? 'stopped' : 'complete');
    }
    for (const prediction of predictions) {
      const { set, status, epoch, scores, eightBit: compared } = prediction;
      const outcome = `${model.name} fold ${fold}: ${set} slices ${words[status]} with the weights of epoch ${epoch + 1}`;
      report.ended(outcome);
      if (compared !== undefined)
        report.log.info(`${model.name} fold ${fold}, ${eightBitSentence(compared)}`);
      if (scores !== undefined) report.log.info(`${model.name} fold ${fold}\n${scoreTable(scores)}`);
      print(options.json ? JSON.stringify({ model: model.name, fold, ...prediction }) : outcome);
    }
  });
}

function eightBitSentence({ slices, float32, int8, lossDifference }: EightBitComparison): string {
  const { mean, standardError } = lossDifference;
  const auc = [float32, int8].map(({ aucAny }) => (aucAny === null ? 'n/a' : aucAny.toFixed(4))).join(' to ');
  return (
    `8 bits against float32 on ${slices} slices: weighted log loss ${mean < 0 ? '' : '+'}${mean.toFixed(4)} ` +
    `(standard error ${standardError.toFixed(4)}), AUC any ${auc}, ` +
    `${(float32.milliseconds / int8.milliseconds).toFixed(1)} times as fast`
  );
}
