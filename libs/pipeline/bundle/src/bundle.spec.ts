import { modelNetwork } from '@ichor/base-model';
import { appendFile, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFoldRecord } from '@ichor/experiment';
import { present } from '@ichor/files';
import { createEngine, openOnnx, OnnxThread, PreparedNetworks } from '@ichor/runtime';
import { makeStacker, mlpSettings, stackerFiles } from '@ichor/stacking';
import { LABELS, layout, readTable, studyPredictionsTable, writeTable } from '@ichor/tables';
import { baseModelFiles, readWeights, type EightBitComparison } from '@ichor/training';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { calibrate, fitPlatt, logitOf } from './calibration/platt.js';
import { FileChecker } from './check/file-checker.js';
import { bundleHash, createBundle, openBundle, type BundleManifest, type SkippedFold } from './index.js';
import {
  addEightBit,
  addSequence,
  littleCost,
  makeRoot,
  smallModel,
  smallSequence,
} from './testing/index.js';

let folder: string;
let manifest: BundleManifest;
const out = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ichor-bundle-'));
  await makeRoot(out('root'));
  manifest = await createBundle({ out: out('bundle'), name: 'test', root: out('root') });
});
afterAll(() => rm(folder, { recursive: true }));

/** A copy of the bundle to spoil. */
async function copy(name: string): Promise<string> {
  await cp(out('bundle'), out(name), { recursive: true });
  return out(name);
}

describe('createBundle', () => {
  it('states the out-of-fold scores of the ensemble', () => {
    const { slices, auc, logLoss } = manifest.ensemble.outOfFold;
    expect(slices).toBe(32);
    expect(auc).toEqual([1, 1, 1, 1, 1, 1]);
    // 8 of 32 slices are positive and get 0.8, the others get 0.1.
    const expected = -(8 * Math.log(0.8) + 24 * Math.log(0.9)) / 32;
    for (const loss of logLoss) expect(loss).toBeCloseTo(expected, 6);
    expect(manifest.training).toMatchObject({
      studies: 8,
      slices: 32,
      patients: 8,
      evaluatedStudies: 8,
      positiveStudies: [4, 4, 4, 4, 4, 4],
    });
  });

  it('fixes a threshold between the studies with and without blood', () => {
    for (const threshold of manifest.thresholds)
      expect(threshold).toMatchObject({
        wanted: 0.95,
        sensitivity: 1,
        specificity: 1,
        positives: 4,
        negatives: 4,
      });
    expect(manifest.studyAuc).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('holds a network with the outputs of the engine', async () => {
    const [bundled] = manifest.networks;
    const state = await readWeights(
      join(out('root'), 'intermediate_output', smallModel.name, 'fold0_epoch0.safetensors'),
    );
    const image = { shape: [1, 3, 32, 32], data: Float32Array.from({ length: 3072 }, (_, i) => Math.sin(i)) };
    const session = await openOnnx(join(out('bundle'), bundled!.onnx.path));
    const { logits, maps } = await session.run({ image });
    const direct = await (await createEngine('onnxruntime')).inference(modelNetwork(smallModel), state);
    const expected = (await direct.run({ image })).logits!;
    // The extra output may stop onnxruntime from fusing the last layers: equal to float32 rounding.
    logits!.data.forEach((value, i) => expect(value).toBeCloseTo(expected.data[i]!, 5));
    expect(maps!.shape).toEqual([1, 1280, 1, 1]);
    await session.dispose();
    await direct.dispose();
  });

  it('keeps weights in half precision where asked, and says so', async () => {
    const half = await createBundle({
      out: out('half'),
      name: 'half',
      root: out('root'),
      precision: 'float16',
    });
    expect(half.networks[0]!.precision).toBe('float16');
    expect(await readFile(join(out('half'), 'MODEL_CARD.md'), 'utf8')).toContain('kept in float16');
    // Most of the file are weights of layers.
    expect(half.networks[0]!.onnx.bytes).toBeLessThan(0.55 * manifest.networks[0]!.onnx.bytes);
    const bundle = await openBundle(out('half'));
    expect(bundle.manifest).toEqual(half);
    const image = { shape: [1, 3, 32, 32], data: Float32Array.from({ length: 3072 }, (_, i) => Math.sin(i)) };
    const answers: Float32Array[] = [];
    for (const [name, { networks }] of [
      ['bundle', manifest],
      ['half', half],
    ] as const) {
      const session = await openOnnx(join(out(name), networks[0]!.onnx.path));
      answers.push((await session.run({ image })).logits!.data);
      await session.dispose();
    }
    // Eleven bits of each weight, through forty layers.
    const worst = Math.max(...answers[0]!.map((value, i) => Math.abs(value - answers[1]![i]!)));
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(0.01);
  });

  describe('in 8 bits', () => {
    const make = (name: string) =>
      createBundle({ out: out(name), name, root: out('eight'), precision: 'int8' });
    const record = () => baseModelFiles(layout(out('eight')), smallModel.name, 0).eightBit;
    beforeAll(async () => {
      await makeRoot(out('eight'));
    });

    it('refuses networks of which nobody knows what it costs, and says how to measure it', async () => {
      await expect(make('unknown')).rejects.toMatchObject({
        code: 'bundle/eight-bit',
        message: expect.stringMatching(/small-model fold 0.*predict.* --eight-bit/s) as string,
      });
      await addEightBit(layout(out('eight')), smallModel, littleCost, 'of other weights');
      await expect(make('unknown')).rejects.toMatchObject({ code: 'bundle/eight-bit' });
      // Nothing that looks like a bundle.
      await expect(openBundle(out('unknown'))).rejects.toMatchObject({ code: 'bundle/missing' });
    });

    it('computes in them where a network keeps its accuracy, up to both limits', async () => {
      await addEightBit(layout(out('eight')), smallModel);
      const { version, networks } = await make('bytes');
      expect([version, networks[0]!.precision, networks[0]!.eightBit]).toEqual([4, 'int8', littleCost]);
      const bundle = await openBundle(out('bytes'));
      expect(networks[0]!.onnx.bytes).toBeLessThan(0.35 * manifest.networks[0]!.onnx.bytes);
      const image = {
        shape: [1, 3, 32, 32],
        data: Float32Array.from({ length: 3072 }, (_, i) => Math.sin(i)),
      };
      const answers: Float32Array[] = [];
      for (const path of [
        bundle.path(networks[0]!.onnx),
        join(out('bundle'), manifest.networks[0]!.onnx.path),
      ]) {
        const session = await openOnnx(path);
        const { logits, maps } = await session.run({ image });
        expect(maps!.shape).toEqual([1, 1280, 1, 1]);
        answers.push(logits!.data);
        await session.dispose();
      }
      const change = Math.max(...answers[0]!.map((value, i) => Math.abs(value - answers[1]![i]!)));
      // Forty layers of bytes on a random network; the logits themselves are about 0.3.
      expect(change).toBeGreaterThan(0);
      expect(change).toBeLessThan(0.1);
      const card = await readFile(join(out('bytes'), 'MODEL_CARD.md'), 'utf8');
      expect(card).toContain(
        '| small-model | 0 | 8 bits | 100 | 0.2000, 0.2020 | +0.0020 (0.0003) | 0.9000, 0.8950 | 2.0 |',
      );
    });

    it.each<[what: string, compared: EightBitComparison]>([
      ['its log loss rises', { ...littleCost, lossDifference: { mean: 0.00201, standardError: 0 } }],
      ['its area falls', { ...littleCost, int8: { ...littleCost.int8, aucAny: 0.8949 } }],
      ['too few slices were compared and that is', { ...littleCost, slices: 99 }],
      ['its log loss varies', { ...littleCost, lossDifference: { mean: 0, standardError: 0.0021 } }],
      ['it has no area', { ...littleCost, int8: { ...littleCost.int8, aucAny: null } }],
    ])('leaves a network in float32 where %s too much', async (what, compared) => {
      await addEightBit(layout(out('eight')), smallModel, compared);
      const name = `float ${what}`.replaceAll(' ', '-');
      const { networks } = await make(name);
      expect(networks[0]).not.toHaveProperty('precision');
      expect(networks[0]!.eightBit).toEqual(compared);
      // The very file of a bundle in float32.
      expect(networks[0]!.onnx).toEqual(manifest.networks[0]!.onnx);
      expect(await readFile(join(out(name), 'MODEL_CARD.md'), 'utf8')).toContain(
        '| small-model | 0 | float32 |',
      );
    });

    it('refuses a record that is damaged, and ranges of another network', async () => {
      await addEightBit(layout(out('eight')), smallModel);
      const whole = await readFile(record(), 'utf8');
      await writeFile(record(), whole.slice(0, 500));
      await expect(make('damaged')).rejects.toMatchObject({ code: 'experiment/damaged', file: record() });
      const content = JSON.parse(whole) as { ranges: unknown[] };
      await writeFile(record(), JSON.stringify({ ...content, ranges: content.ranges.slice(1) }));
      await expect(make('damaged')).rejects.toMatchObject({ code: 'nn/ranges' });
    });

    it('leaves bundles without them as older readers know them', () => {
      expect(manifest.version).toBe(3);
    });
  });

  it('comes with a card that says that it is no medical device', async () => {
    const card = await readFile(join(out('bundle'), 'MODEL_CARD.md'), 'utf8');
    expect(card).toContain('Not a medical device');
    expect(card).toContain('| small-model | 0 | efficientnet-b0 | 32 |');
  });

  it('puts the notice of every result into manifest and card', async () => {
    const notice = 'Trained on synthetic heads only.';
    const out = join(folder, 'noticed');
    const made = await createBundle({ out, name: 'noticed', root: join(folder, 'root'), notice });
    expect(made.notice).toBe(notice);
    expect((await openBundle(out)).manifest.notice).toBe(notice);
    expect(await readFile(join(out, 'MODEL_CARD.md'), 'utf8')).toContain(`**${notice}**`);
  });

  it('says how little four positive studies tell of a sensitivity', async () => {
    const card = await readFile(join(out('bundle'), 'MODEL_CARD.md'), 'utf8');
    // Clopper and Pearson, 4 of 4: from 0.025 ^ (1 / 4) = 0.398 to 1.
    expect(card).toContain('| any | 0.95 |');
    expect(card).toContain('| 1.000 (0.398 to 1.000) | 1.000 (0.398 to 1.000) | 4 / 8 |');
    expect(card).toContain('fewer than 20 positive studies');
  });

  it('fixes thresholds at several sensitivities, and decides by the first', async () => {
    const several = { out: out('several'), name: 'x', root: out('root'), sensitivities: [0.5, 1] };
    const { thresholds, otherThresholds } = await createBundle(several);
    expect(thresholds[0]).toMatchObject({ wanted: 0.5 });
    expect(otherThresholds[0]).toMatchObject([{ wanted: 1, sensitivity: 1 }]);
  });

  it('has no calibration, threshold or AUC for a label that no slice of its training shows', async () => {
    await makeRoot(out('one-absent'), smallModel, ['epidural']);
    const made = await createBundle({ out: out('no-epidural'), name: 'test', root: out('one-absent') });
    const epidural = LABELS.indexOf('epidural');
    for (const column of [made.calibration.slice, made.calibration.study, made.thresholds, made.studyAuc]) {
      expect(column.map((value) => value === null)).toEqual(LABELS.map((_, label) => label === epidural));
    }
    expect((await openBundle(out('no-epidural'))).manifest).toEqual(made);
  });

  it('refuses a folder with something in it, and a model that is not trained', async () => {
    await expect(createBundle({ out: out('bundle'), name: 'x', root: out('root') })).rejects.toMatchObject({
      code: 'bundle/not-empty',
    });
    const missing = createBundle({ out: out('none'), name: 'x', root: out('root'), models: ['xception'] });
    await expect(missing).rejects.toThrow('no trained network of xception');
  });
});

describe('an unfinished bundle', () => {
  const options = (name: string) => ({ out: out(name), name: 'test', root: out('root') });

  it('is replaced by the same command, with the files of a killed run', async () => {
    const stopped = new AbortController();
    const onNetwork = () => stopped.abort(new Error('stopped'));
    const first = createBundle({ ...options('again'), signal: stopped.signal, onNetwork });
    await expect(first).rejects.toThrow('stopped');
    await mkdir(join(out('again'), 'networks'), { recursive: true });
    await writeFile(join(out('again'), 'networks', 'small-model-fold0.onnx.tmp-here-1-0123abcd'), 'half');
    await expect(openBundle(out('again'))).rejects.toMatchObject({ code: 'bundle/missing' });
    const made = await createBundle(options('again'));
    expect(bundleHash(made)).toBe(bundleHash(manifest));
    expect((await readdir(out('again'))).sort()).toEqual(['MODEL_CARD.md', 'manifest.json', 'networks']);
    expect(await readdir(join(out('again'), 'networks'))).toHaveLength(2);
    await openBundle(out('again'));
  });

  it('is not replaced if the folder holds other files, nor is a folder that only looks like a bundle', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(createBundle({ ...options('mixed'), signal: stopped })).rejects.toThrow('stopped');
    await writeFile(join(out('mixed'), 'notes.txt'), 'mine');
    await expect(createBundle(options('mixed'))).rejects.toMatchObject({ code: 'bundle/not-empty' });
    await mkdir(join(out('looks-like'), 'networks'), { recursive: true });
    await expect(createBundle(options('looks-like'))).rejects.toThrow('the folder holds networks');
  });

  it('is not made by two at once', async () => {
    const [one, other] = await Promise.allSettled([
      createBundle(options('two')),
      createBundle(options('two')),
    ]);
    expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected']);
    expect([one, other].find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'files/locked' },
    });
    await openBundle(out('two'));
  });

  it('is refused where the path is a file', async () => {
    await writeFile(out('file'), '');
    await expect(createBundle(options('file'))).rejects.toMatchObject({
      code: 'files/not-writable',
      remedy: expect.stringContaining('is a file'),
    });
  });
});

describe('bundleHash', () => {
  /** Every place of a manifest that is a number, text or yes/no, as a path. */
  const leaves = (value: unknown, path: readonly string[] = []): string[][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]))
      : [[...path]];
  const changed = (path: readonly string[]): BundleManifest => {
    const copied: BundleManifest = structuredClone(manifest);
    const parent = path.slice(0, -1).reduce<object>((at, key) => Reflect.get(at, key) as object, copied);
    Reflect.set(parent, path.at(-1)!, 'changed');
    return copied;
  };

  it('covers whatever can move an answer: all but name, date and version of the software', () => {
    const whole = bundleHash(manifest);
    const free = leaves(manifest).filter((path) => bundleHash(changed(path)) === whole);
    expect(free.map((path) => path.join('.'))).toEqual([
      'name',
      'createdAt',
      'software.ichor',
      'software.node',
    ]);
    expect(bundleHash({ ...manifest, labels: [...manifest.labels].reverse() })).not.toBe(whole);
  });

  it('does not depend on the order of keys', () => {
    const entries = Object.entries(manifest).reverse();
    expect(bundleHash(Object.fromEntries(entries) as BundleManifest)).toBe(bundleHash(manifest));
  });
});

describe('a manifest that was edited', () => {
  const edit = (change: (copied: BundleManifest) => unknown) => {
    const copied: BundleManifest = structuredClone(manifest);
    const changed = change(copied);
    return changed ?? copied;
  };
  // Each of them would give other numbers, or other names for them, without any error.
  it.each<[string, (copied: BundleManifest) => unknown, string]>([
    ['image size', (m) => void (m.networks[0]!.settings.imageSize = 96), 'image_size 32'],
    ['neighbours', (m) => void (m.networks[0]!.settings.neighbours = 1), 'slices 1'],
    ['normalization', (m) => void (m.networks[0]!.settings.channelNormalization = 'minmax'), 'windows'],
    ['classes', (m) => void (m.networks[0]!.settings.classes = 'without-any'), 'classes all'],
    ['pixel fix', (m) => void (m.networks[0]!.settings.pixelFix = true), 'other settings'],
    ['order of labels', (m) => ({ ...m, labels: [...m.labels].reverse() }), 'in this order'],
    ['a network twice', (m) => ({ ...m, networks: [m.networks[0], m.networks[0]] }), 'is there twice'],
    ['bytes', (m) => void (m.networks[0]!.precision = 'int8'), 'nothing says what they cost'],
    ['figures', (m) => void (m.networks[0]!.eightBit = littleCost), 'which version 3 does not know'],
    [
      'who speaks',
      (m) => ({ ...m, ensemble: { kind: 'stacking', final: 'nobody', outOfFold: m.ensemble.outOfFold } }),
      'nobody is the final model',
    ],
  ])('is refused: %s', async (name, change, message) => {
    const spoilt = await copy(`edited ${name}`);
    await writeFile(join(spoilt, 'manifest.json'), JSON.stringify(edit(change)));
    await expect(openBundle(spoilt)).rejects.toMatchObject({ code: 'bundle/damaged' });
    await expect(openBundle(spoilt)).rejects.toThrow(message);
  });
});

describe('stackers in a bundle', () => {
  /** Leaves behind what a fitted fold does; its predictions are those of the network. */
  async function fitted(root: string, name: string, inputs: string[]) {
    const stacker = makeStacker({ ...mlpSettings, name, inputs });
    const paths = layout(root);
    const files = stackerFiles(paths, name, 0);
    await mkdir(files.folder, { recursive: true });
    await copyFile(paths.predictions(smallModel.name, 0, 'valid'), files.valid);
    for (const label of LABELS) await writeFile(files.labelWeights(label), `${name} ${label}`);
    await writeFoldRecord(files.record, {
      kind: 'stacker',
      name,
      fold: 0,
      settings: stacker,
      parts: Object.fromEntries(LABELS.map((label) => [label, files.labelWeights(label)])),
      data: 'made up',
      predictions: 'made up',
    });
  }

  beforeAll(async () => {
    await cp(out('root'), out('stacked'), { recursive: true });
    await fitted(out('stacked'), 'a-second-level', ['first-level', smallModel.name]);
    await fitted(out('stacked'), 'first-level', [smallModel.name]);
    await fitted(out('stacked'), 'of-another-model', [smallModel.name, 'xception']);
  });

  it('are those whose inputs are all there, lower levels first; the last one is final', async () => {
    const made = await createBundle({ out: out('all'), name: 'all', root: out('stacked') });
    expect(made.stackers.map(({ name }) => name)).toEqual(['first-level', 'a-second-level']);
    expect(made.ensemble).toMatchObject({ kind: 'stacking', final: 'a-second-level' });
    const checked: number[][] = [];
    const { path, manifest: read } = await openBundle(out('all'), {
      onCheck: (...bytes) => checked.push(bytes),
    });
    // One network of two files, two stackers of a file a label; the first call comes before any file is read.
    expect(checked).toHaveLength(1 + 2 + 2 * LABELS.length);
    const total = checked[0]![1];
    expect([checked[0], checked.at(-1)]).toEqual([
      [0, total],
      [total, total],
    ]);
    expect(Object.keys(read.stackers[0]!.parts)).toEqual([...LABELS]);
    expect(await readFile(path(read.stackers[1]!.parts['subdural']!), 'utf8')).toBe(
      'a-second-level subdural',
    );
    expect(await readFile(join(out('all'), 'MODEL_CARD.md'), 'utf8')).toContain(
      '| first-level | 0 | mlp | small-model |',
    );
  });

  it('are left out with the reason when something is wrong with them', async () => {
    const root = out('skipping');
    await cp(out('stacked'), root, { recursive: true });
    const paths = layout(root);
    const record = (name: string) => join(paths.model(name), 'fold0.json');
    const change = async (name: string, edit: (text: string) => string) =>
      writeFile(record(name), edit(await readFile(record(name), 'utf8')));
    await fitted(root, 'no-record', [smallModel.name]);
    await rm(record('no-record'));
    await fitted(root, 'other-settings', [smallModel.name]);
    await change('other-settings', (text) => text.replace('"dropout"', '"dropOut"'));
    await fitted(root, 'part-gone', [smallModel.name]);
    await rm(join(paths.model('part-gone'), 'fold0_any.safetensors'));
    await fitted(root, 'refitted', [smallModel.name]);
    await change('refitted', (text) => text.replace('"predictions": "made up"', '"predictions": "later"'));
    await fitted(root, 'copied', [smallModel.name]);
    await change('copied', (text) => text.replace('"copied"', '"another"'));
    const skipped = new Map<string, string>();
    const made = await createBundle({
      out: out('skipped'),
      name: 'skipped',
      root,
      onSkip: ({ name, fold, reason }) => skipped.set(`${name} ${fold}`, reason),
    });
    expect(made.stackers.map(({ name }) => name)).toEqual(['first-level', 'a-second-level']);
    expect(Object.fromEntries(skipped)).toEqual({
      'no-record 0': expect.stringContaining('no fold0.json'),
      'other-settings 0': expect.stringContaining('dropOut'),
      'part-gone 0': expect.stringContaining('fold0_any.safetensors is gone'),
      'refitted 0': expect.stringContaining('other weights'),
      'copied 0': expect.stringContaining('another fold 0'),
      'of-another-model 0': expect.stringContaining('not in the bundle: xception'),
    });
  });

  it('can be named, and what it does not read is left out', async () => {
    const skipped: string[] = [];
    const made = await createBundle({
      out: out('named'),
      name: 'named',
      root: out('stacked'),
      final: 'first-level',
      onSkip: ({ name, reason }) => skipped.push(`${name}: ${reason}`),
    });
    expect(made.stackers.map(({ name }) => name)).toEqual(['first-level']);
    expect(made.ensemble).toMatchObject({ final: 'first-level' });
    expect(skipped).toContain('a-second-level: the final model first-level does not read it');
    const missing = { out: out('nobody'), name: 'x', root: out('stacked'), final: 'of-another-model' };
    await expect(createBundle(missing)).rejects.toMatchObject({
      code: 'bundle/final',
      reason: expect.stringContaining('not in the bundle: xception'),
    });
    await expect(createBundle({ ...missing, final: 'nobody' })).rejects.toThrow('it is not fitted');
  });

  it('of a named run, and the run itself, are taken only where they are named', async () => {
    const root = out('with-a-run');
    await cp(out('stacked'), root, { recursive: true });
    await makeRoot(root, { ...smallModel, name: 'small-model.slow' });
    await fitted(root, 'first-level.two', [smallModel.name, 'small-model.slow']);
    const bundle = (name: string, choice: object) =>
      createBundle({ out: out(name), name, root, ...choice }).then(({ networks, stackers }) => [
        networks.map(({ model }) => model),
        stackers.map(({ name }) => name),
      ]);
    expect(await bundle('first-runs', {})).toEqual([['small-model'], ['first-level', 'a-second-level']]);
    const left: string[] = [];
    await bundle('told', { onSkip: ({ name, reason }: SkippedFold) => left.push(`${name}: ${reason}`) });
    expect(left).toContain('small-model.slow: it is a named run: --models small-model.slow takes it');
    const named = { models: ['small-model.slow'], stacking: false };
    expect(await bundle('the-run', named)).toEqual([['small-model.slow'], []]);
    expect(await bundle('both-runs', { final: 'first-level.two' })).toEqual([
      ['small-model', 'small-model.slow'],
      ['first-level.two'],
    ]);
    await openBundle(out('both-runs'));
  });

  it('can be left out', async () => {
    const made = await createBundle({
      out: out('mean'),
      name: 'mean',
      root: out('stacked'),
      stacking: false,
    });
    expect([made.stackers, made.ensemble.kind]).toEqual([[], 'mean']);
  });
});

describe('a sequence model in a bundle', () => {
  const root = () => out('ordered');
  beforeAll(async () => {
    const paths = await makeRoot(root());
    await addSequence(paths, smallSequence(smallModel));
  });

  it('answers for studies: calibration and thresholds are fitted on its answers', async () => {
    const made = await createBundle({ out: out('answering'), name: 'answering', root: root() });
    expect(made).toMatchObject({ studyScore: 'study-answer', ensemble: { final: 'small-sequence' } });
    expect(made.training.evaluatedStudies).toBe(8);
    // Four studies with 0.7, four with 0.3: the fit of bundles, with a prior of one case.
    const scores = [0, 1, 0, 1, 0, 1, 0, 1];
    const fitted = fitPlatt(
      scores.map((one) => logitOf(one === 1 ? 0.7 : 0.3)),
      scores,
      1,
    );
    expect(made.calibration.study[0]!.slope).toBeCloseTo(fitted.slope, 4);
    const middle = (calibrate(fitted, 0.7) + calibrate(fitted, 0.3)) / 2;
    expect(made.thresholds[2]!.threshold).toBeCloseTo(middle, 4);
    const card = await readFile(join(out('answering'), 'MODEL_CARD.md'), 'utf8');
    expect(card).toContain('what `small-sequence` answers for the whole series');
    expect((await openBundle(out('answering'))).manifest).toEqual(made);
  });

  it('is left out when its answers for series are gone or of other weights', async () => {
    const make = async (name: string, spoil: (file: string) => Promise<void>) => {
      await cp(root(), out(name), { recursive: true });
      // Records name files of the first root, which are the same.
      await spoil(layout(out(name)).studyPredictions('small-sequence', 0, 'valid'));
      const reasons: string[] = [];
      const onSkip = ({ reason }: { reason: string }) => reasons.push(reason);
      const made = await createBundle({ out: out(`${name}-bundle`), name, root: out(name), onSkip });
      expect(made).toMatchObject({ studyScore: 'three-neighbours', ensemble: { kind: 'mean' } });
      return reasons;
    };
    expect(await make('gone', (file) => rm(file))).toEqual([
      expect.stringContaining('studies.arrow is gone'),
    ]);
    const refitted = await make('refit', async (file) => {
      const { columns } = await readTable(file, studyPredictionsTable);
      await writeTable(file, studyPredictionsTable, columns, { metadata: { 'ichor.identity': 'another' } });
    });
    expect(refitted).toEqual([expect.stringContaining('other weights')]);
  });

  it('is refused where the manifest says otherwise', async () => {
    const spoil = async (name: string, change: (copied: BundleManifest) => void) => {
      await createBundle({ out: out(name), name, root: root() });
      const path = join(out(name), 'manifest.json');
      const copied = JSON.parse(await readFile(path, 'utf8')) as BundleManifest;
      change(copied);
      await writeFile(path, JSON.stringify(copied));
      return openBundle(out(name));
    };
    await expect(spoil('score', (m) => void (m.studyScore = 'three-neighbours'))).rejects.toThrow(
      'not what the ensemble gives',
    );
    const embedded = spoil('embedded', ({ stackers: [stacker] }) => {
      if (stacker?.settings.kind === 'sequence') stacker.settings.embeddings = ['xception'];
    });
    await expect(embedded).rejects.toThrow('the feature vectors of xception');
  });
});

describe('openBundle', () => {
  it('opens what createBundle made', async () => {
    const bundle = await openBundle(out('bundle'));
    expect(bundle.manifest).toEqual(manifest);
    expect(bundleHash(bundle.manifest)).toMatch(/^[0-9a-f]{12}$/);
  });

  it('notices a file that was changed, cut or removed', async () => {
    const onnx = manifest.networks[0]!.onnx.path;
    const longer = await copy('longer');
    await appendFile(join(longer, onnx), 'x');
    await expect(openBundle(longer)).rejects.toMatchObject({ code: 'bundle/hash', file: join(longer, onnx) });
    const other = await copy('other');
    const bytes = await readFile(join(other, onnx));
    bytes[1000] = bytes[1000]! ^ 1;
    await writeFile(join(other, onnx), bytes);
    await expect(openBundle(other)).rejects.toThrow('its hash differs');
    await rm(join(other, onnx));
    await expect(openBundle(other)).rejects.toThrow('is missing');
  });

  it('hashes a network again only when its file has changed since it was prepared', async () => {
    const folder = await copy('prepared');
    const write = (content: BundleManifest) =>
      writeFile(join(folder, 'manifest.json'), JSON.stringify(content));
    // Files of this moment might change unseen.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
    const engine = { provider: 'cpu', threads: 1 } as const;
    const prepared = present(await PreparedNetworks.open(out('cache'), engine));
    const { onnx } = manifest.networks[0]!;
    const full = join(folder, onnx.path);
    const check = vi.spyOn(FileChecker.prototype, 'check');
    const open = async () => {
      check.mockClear();
      const { preparation } = await openBundle(folder, { prepared });
      return { preparation: present(preparation(onnx)), hashed: check.mock.calls.map(([{ path }]) => path) };
    };
    const first = await open();
    expect(first.hashed).toContain(full);
    const thread = new OnnxThread(engine);
    await thread.open(full, first.preparation);
    await thread.close();
    const second = await open();
    expect(second.hashed).not.toContain(full);
    // The other files are read, so they are hashed.
    expect(second.hashed).toHaveLength(first.hashed.length - 1);
    expect(second.preparation).toEqual({ ...first.preparation, checked: null });
    // What the file says is compared with the manifest as before.
    const edited = structuredClone(manifest);
    edited.networks[0]!.settings.imageSize = 96;
    await write(edited);
    await expect(openBundle(folder, { prepared })).rejects.toThrow('image_size 32');
    await write(manifest);
    const bytes = await readFile(full);
    bytes[1000]! ^= 1;
    await writeFile(full, bytes);
    await expect(openBundle(folder, { prepared })).rejects.toThrow('its hash differs');
    check.mockRestore();
    vi.useRealTimers();
  });

  it('names the version of a bundle that it cannot read', async () => {
    const old = await copy('old');
    await writeFile(join(old, 'manifest.json'), JSON.stringify({ ...manifest, version: 7 }));
    await expect(openBundle(old)).rejects.toMatchObject({
      code: 'bundle/version',
      reason: expect.stringContaining('version 7'),
    });
  });

  it('refuses what is no manifest and paths that lead outside', async () => {
    const bad = await copy('bad');
    const write = (content: unknown) => writeFile(join(bad, 'manifest.json'), JSON.stringify(content));
    await expect(openBundle(out('nowhere'))).rejects.toMatchObject({ code: 'bundle/missing' });
    await write({ hello: 1 });
    await expect(openBundle(bad)).rejects.toMatchObject({ code: 'bundle/damaged' });
    const [network] = manifest.networks;
    await write({ ...manifest, networks: [{ ...network, onnx: { ...network!.onnx, path: '../x.onnx' } }] });
    await expect(openBundle(bad)).rejects.toMatchObject({ code: 'bundle/damaged' });
    await writeFile(join(bad, 'manifest.json'), '{');
    await expect(openBundle(bad)).rejects.toThrow('is not JSON');
  });
});
