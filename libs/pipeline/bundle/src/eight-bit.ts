import { taskCommand } from '@ichor/files';
import {
  baseModelFiles,
  readEightBitRecord,
  type EightBitComparison,
  type EightBitRecord,
} from '@ichor/training';
import type { Layout } from '@ichor/tables';
import { BundleError } from './error.js';
import type { TrainedNetwork } from './trained-folds.js';

/**
 * So much a network may lose in 8 bits: of its weighted log loss, and of the area under the ROC curve of `any`; on at least so many slices,
 * with a standard error of the loss that is not above its limit.
 */
export const EIGHT_BIT_LIMITS = { logLoss: 0.002, aucAny: 0.005, slices: 100 } as const;

/** Of a difference of two figures. */
const ROUNDING = 1e-12;

/** Whether a network keeps its accuracy in 8 bits, out of fold. Without both classes there is no area, and no proof. */
export function keepsAccuracy({ slices, float32, int8, lossDifference }: EightBitComparison): boolean {
  if (float32.aucAny === null || int8.aucAny === null) return false;
  if (slices < EIGHT_BIT_LIMITS.slices || lossDifference.standardError > EIGHT_BIT_LIMITS.logLoss)
    return false;
  return (
    lossDifference.mean <= EIGHT_BIT_LIMITS.logLoss + ROUNDING &&
    float32.aucAny - int8.aucAny <= EIGHT_BIT_LIMITS.aucAny + ROUNDING
  );
}

/**
 * What each network needs and costs in 8 bits, as `predict --eight-bit` measured it with the weights of the bundle.
 *
 * @throws BundleError `bundle/eight-bit` naming every network without such a measurement
 */
export async function eightBitRecords(
  paths: Layout,
  networks: readonly TrainedNetwork[],
): Promise<ReadonlyMap<TrainedNetwork, EightBitRecord>> {
  const records = new Map<TrainedNetwork, EightBitRecord>();
  for (const network of networks) {
    const record = await readEightBitRecord(baseModelFiles(paths, network.model, network.fold).eightBit);
    if (record?.predictions === network.predictions) records.set(network, record);
  }
  const missing = networks.filter((network) => !records.has(network));
  const [first] = missing;
  if (first === undefined) return records;
  const task = taskCommand({ project: first.model, target: 'predict', fold: first.fold });
  throw new BundleError({
    code: 'bundle/eight-bit',
    file: paths.model(first.model),
    reason: `what 8 bits cost the predictions was not measured for ${missing.map(({ model, fold }) => `${model} fold ${fold}`).join(', ')}, or for other weights`,
    remedy: `measure it: ${task} --eight-bit; or choose --precision float16`,
  });
}
