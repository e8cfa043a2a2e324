import { modelNetwork, type BaseModel } from '@ichor/base-model';
import { present } from '@ichor/files';
import { createEngine } from '@ichor/runtime';
import type { Layout } from '@ichor/tables';
import { baseModelFiles, readWeights, writeEightBitRecord, type EightBitComparison } from '@ichor/training';

/** A comparison in which 8 bits cost a little. */
export const littleCost: EightBitComparison = {
  slices: 100,
  float32: { weightedLogLoss: 0.2, aucAny: 0.9, milliseconds: 4 },
  int8: { weightedLogLoss: 0.202, aucAny: 0.895, milliseconds: 2 },
  lossDifference: { mean: 0.002, standardError: 0.0003 },
  largestChange: 0.1,
};

/** Ranges of the network of fold 0 of `makeRoot` on made-up images, and a made-up comparison. */
export async function addEightBit(
  paths: Layout,
  model: BaseModel,
  compared: EightBitComparison = littleCost,
  predictions = 'made up',
): Promise<void> {
  const files = baseModelFiles(paths, model.name, 0);
  const { eightBit } = await createEngine('onnxruntime', { provider: 'cpu', threads: 1 });
  const session = await present(eightBit).observe(modelNetwork(model), await readWeights(files.snapshot(0)));
  const side = model.imageSize;
  const images = 4;
  const data = Float32Array.from({ length: images * 3 * side ** 2 }, (_, i) => 1.5 * Math.sin(i * i));
  const { lowest, highest } = await session.run({ image: { shape: [images, 3, side, side], data } });
  await session.dispose();
  const ends = (of: typeof lowest, value: number) =>
    Array.from({ length: images }, (_, image) => present(of).data[image * session.values.length + value]!);
  const ranges = new Map(
    session.values.map((name, i) => [
      name,
      { low: Math.min(...ends(lowest, i)), high: Math.max(...ends(highest, i)) },
    ]),
  );
  const gathered = { slices: images, share: 1 };
  await writeEightBitRecord(files.eightBit, { predictions, gathered, ranges, compared });
}
