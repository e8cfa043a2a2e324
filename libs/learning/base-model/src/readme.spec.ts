import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defineBaseModel,
  heatMapOf,
  imageTensor,
  inputRecipe,
  labelProbabilities,
  modelNetwork,
  Preparer,
  sampleSize,
  singleSliceFamily,
  withFeatureMaps,
} from '@ichor/base-model';
import { initialize } from '@ichor/nn';
import { createEngine } from '@ichor/runtime';
import { expect, it } from 'vitest';
import { tinyDicom } from './testing/tiny-dicom.js';

it('does what the README shows first', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'ichor-base-model-')), 'slice.dcm');
  const stored = Int16Array.from({ length: 64 * 64 }, (_, i) => 1024 + (i % 90));
  await writeFile(file, tinyDicom(stored, 64));

  const settings = { ...singleSliceFamily, name: 'my-model', backbone: 'xception', imageSize: 64 } as const;
  const { model } = defineBaseModel(settings);
  const input = new Float32Array(sampleSize(model));
  const request = { id: 'ID_0a1b2c3d4', files: [file], variants: [{ kind: 'plain' }] } as const;
  await new Preparer(inputRecipe(model)).prepare(request, input, 0);

  const state = initialize(modelNetwork(model), 1);

  const engine = await createEngine();
  const session = await engine.inference(withFeatureMaps(modelNetwork(model)), state);
  const { logits } = await session.run({ image: imageTensor(model, input) });
  const probabilities = labelProbabilities(model, logits!.data); // any, epidural, ...
  const heat = await heatMapOf([{ settings: model, state, session, input }], 2); // of `subdural`

  expect(probabilities).toHaveLength(6);
  expect(probabilities.every((probability) => probability > 0 && probability < 1)).toBe(true);
  expect(heat?.data.some((value) => value > 0)).toBe(true);
  await session.dispose();
});
