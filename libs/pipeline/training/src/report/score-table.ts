import { formatTable } from '@ichor/cli';
import { LABELS } from '@ichor/tables';
import type { Scores } from '@ichor/predictions';

/** Log loss and AUC per label, and over all. */
export function scoreTable({ logLoss, auc, weightedLogLoss, macroAuc, microAuc }: Scores): string {
  return formatTable(
    ['label', 'log loss', 'AUC'],
    [
      ...LABELS.map((label, i) => [label, logLoss[i], auc[i]]),
      ['all, weighted', weightedLogLoss, null],
      ['all, macro', null, macroAuc],
      ['all, micro', null, microAuc],
    ],
    { digits: 4 },
  );
}
