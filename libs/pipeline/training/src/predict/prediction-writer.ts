import { present } from '@ichor/files';
import {
  featuresTable,
  labelColumns,
  LABELS,
  openTableWriter,
  predictionsTable,
  type ColumnsOf,
  type TableWriter,
} from '@ichor/tables';
import { writing } from '../not-writable.js';
import { labelColumnsOf } from '../data/label-columns.js';

export interface PredictedSlices {
  readonly ids: readonly string[];
  /** slices x six labels; NaN where unknown */
  readonly targets: Float32Array;
  /** slices x passes x six labels */
  readonly probabilities: Float32Array;
  /** slices x passes x length */
  readonly features: Float32Array;
}

/** Writes predictions and, if requested, feature vectors as they arrive; both files appear when complete. */
export class PredictionWriter {
  readonly #passes: number;
  readonly #predictionsPath: string;
  readonly #predictions: TableWriter<typeof predictionsTable>;
  readonly #featuresPath: string | undefined;
  readonly #features: TableWriter<typeof featuresTable> | undefined;

  private constructor(
    passes: number,
    predictionsPath: string,
    predictions: TableWriter<typeof predictionsTable>,
    featuresPath: string | undefined,
    features: TableWriter<typeof featuresTable> | undefined,
  ) {
    this.#passes = passes;
    this.#predictionsPath = predictionsPath;
    this.#predictions = predictions;
    this.#featuresPath = featuresPath;
    this.#features = features;
  }

  static async open(
    passes: number,
    predictions: string,
    features: string | undefined,
    metadata: Readonly<Record<string, string>>,
  ): Promise<PredictionWriter> {
    const writer = await openTableWriter(predictions, predictionsTable, { metadata });
    try {
      const vectors =
        features === undefined ? undefined : await openTableWriter(features, featuresTable, { metadata });
      return new PredictionWriter(passes, predictions, writer, features, vectors);
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  async append({ ids, targets, probabilities, features }: PredictedSlices): Promise<void> {
    const passes = this.#passes;
    const repeated = new Float32Array(probabilities.length);
    ids.forEach((_, slice) => {
      const row = targets.subarray(slice * LABELS.length, (slice + 1) * LABELS.length);
      for (let pass = 0; pass < passes; pass++) repeated.set(row, (slice * passes + pass) * LABELS.length);
    });
    const [targetColumns, outputColumns] = [labelColumnsOf(repeated), labelColumnsOf(probabilities)];
    const columns: ColumnsOf<typeof predictionsTable> = {
      ID: ids.flatMap((id) => Array<string>(passes).fill(id)),
      pass: Int8Array.from({ length: ids.length * passes }, (_, row) => row % passes),
      ...labelColumns('target', (_, label) => present(targetColumns[label])),
      ...labelColumns('output', (_, label) => present(outputColumns[label])),
    };
    await writing(this.#predictionsPath, () => this.#predictions.append(columns));
    const vectors = this.#features;
    if (vectors !== undefined && ids.length > 0) {
      const size = features.length / (ids.length * passes);
      const mean = { values: meanOverPasses(features, passes, size), size };
      await writing(this.#featuresPath ?? '', () => vectors.append({ ID: [...ids], features: mean }));
    }
  }

  async close(): Promise<void> {
    const vectors = this.#features;
    try {
      // The predictions come last: if they exist, the features exist too.
      if (vectors !== undefined) await writing(this.#featuresPath ?? '', () => vectors.close());
      await writing(this.#predictionsPath, () => this.#predictions.close());
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async abort(): Promise<void> {
    await this.#predictions.abort();
    await this.#features?.abort();
  }
}

function meanOverPasses(features: Float32Array, passes: number, size: number): Float32Array {
  const slices = features.length / (passes * size);
  const mean = new Float32Array(slices * size);
  for (let slice = 0; slice < slices; slice++) {
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let pass = 0; pass < passes; pass++) sum += features[(slice * passes + pass) * size + i]!;
      mean[slice * size + i] = sum / passes;
    }
  }
  return mean;
}
