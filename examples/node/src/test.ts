// A synthetic study is written, read and drawn; what comes out must be what went in.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSet } from '@ichor/phantom';
import { drawStudies } from './pictures.js';

const folder = await mkdtemp(join(tmpdir(), 'ichor-example-node-'));
try {
  await generateSet({
    out: folder,
    patients: 3,
    testPatients: 1,
    size: 64,
    sliceSpacing: 10,
    prevalence: 0.5,
    seed: 7,
    broken: false,
    onPatient: () => undefined,
  });
  const drawn = await drawStudies(join(folder, 'input', 'stage_2_test_images'), join(folder, 'pictures'));
  assert.ok(drawn.length > 0);
  for (const { slices, range, picture } of drawn) {
    assert.ok(slices >= 10);
    // Air around the head, bone of the skull.
    assert.ok(range[0] <= -900 && range[1] >= 500, `${range.join(' to ')} HU`);
    assert.deepEqual([...(await readFile(picture)).subarray(1, 4)], [...Buffer.from('PNG')]);
  }
  console.log(`${drawn.length} studies are drawn`);
} finally {
  await rm(folder, { recursive: true });
}
