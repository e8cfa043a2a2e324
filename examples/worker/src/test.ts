// The worker gives what the main thread would compute, and the main thread goes on meanwhile.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSet } from '@ichor/phantom';
import { predictFolder } from './predict-folder.js';
import { predictions } from './predictions.js';

const folder = await mkdtemp(join(tmpdir(), 'ichor-example-worker-'));
try {
  await generateSet({
    out: folder,
    patients: 2,
    testPatients: 1,
    size: 64,
    sliceSpacing: 10,
    prevalence: 0.5,
    seed: 7,
    broken: false,
    onPatient: () => undefined,
  });
  const images = join(folder, 'input', 'stage_2_test_images');
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const predicted = await predictions(images);
  clearInterval(timer);
  assert.ok(ticks > 5, `the main thread ran ${ticks} times`);

  const here = new Map<string, readonly number[]>();
  for await (const answer of predictFolder(images)) {
    if ('study' in answer) here.set(answer.study, answer.probabilities);
  }
  assert.ok(here.size > 0);
  assert.deepEqual(predicted, here);
  for (const probabilities of predicted.values()) {
    assert.equal(probabilities.length, 6);
    assert.ok(probabilities.every((probability) => probability > 0 && probability < 1));
  }
  console.log(
    `${predicted.size} studies are predicted in a worker thread; the main thread ran ${ticks} times`,
  );
} finally {
  await rm(folder, { recursive: true });
}
