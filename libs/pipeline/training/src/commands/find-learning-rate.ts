import type { BaseModel } from '@ichor/base-model';
import { formatTable, Progress, type CommandContext } from '@ichor/cli';
import type { Engine } from '@ichor/runtime';
import type { z } from 'zod';
import { findLearningRate, smoothed } from '../train/rate-range.js';
import type { trainOptions } from './options.js';

/** Rows of the table. */
const SHOWN = 15;

/** The learning-rate range test of a fold, as a table with a suggestion. */
export async function showLearningRates(
  model: BaseModel,
  fold: number,
  engine: Engine,
  { workers, prefetch, json }: z.infer<z.ZodObject<typeof trainOptions>>,
  { signal, terminal, print }: Pick<CommandContext, 'signal' | 'terminal' | 'print'>,
): Promise<void> {
  const label = `${model.name} fold ${fold}  learning rates`;
  const progress = new Progress({ label, unit: 'steps', total: 100, terminal });
  const range = await findLearningRate({
    model,
    fold,
    engine,
    workers,
    prefetch,
    signal,
    onStep: (_, __, lr, loss) => progress.advance(1, { lr, loss }),
  });
  progress.finish(false);
  if (signal.aborted) return;
  const { rates, losses, suggestion } = range;
  if (json) {
    print(JSON.stringify({ model: model.name, fold, ...range, suggestion: suggestion ?? null }));
    return;
  }
  const smooth = smoothed(losses);
  const every = Math.max(1, Math.ceil(rates.length / SHOWN));
  const rows = rates.flatMap((rate, step) =>
    step % every === 0 || step === rates.length - 1
      ? [[rate.toExponential(1), losses[step]?.toFixed(4) ?? '', smooth[step]?.toFixed(4) ?? '']]
      : [],
  );
  print(
    [
      formatTable(['learning rate', 'loss', 'smoothed'], rows),
      suggestion === undefined
        ? 'The loss falls at no learning rate, so there is no suggestion.'
        : `The loss falls fastest at a learning rate of ${suggestion.toExponential(1)}: --learning-rate ${suggestion.toPrecision(2)}`,
    ].join('\n'),
  );
}
