import { expect, it } from 'vitest';
import { defaultClusterSettings, type ClusterSettings } from '../settings/cluster-file.js';
import { resourcesOf } from '../settings/resources.js';
import { jobArrays } from './arrays.js';
import type { PlannedStep, StepKind } from './step-plan.js';

const step = (id: string, kind: StepKind, needs: string[], done = false): PlannedStep => {
  const [project = '', target = ''] = id.split(':');
  return { id, project, target, kind, folder: `intermediate_output/${project}`, needs, done };
};

/** Two networks of three folds, a stacker on both, tables before and a submission after. */
function pipeline(done: readonly string[] = []): PlannedStep[] {
  const folds = [0, 1, 2];
  const steps = [step('preprocess:preprocess', 'preprocess', [])];
  for (const model of ['a', 'b']) {
    for (const fold of folds) {
      steps.push(step(`${model}:train-fold-${fold}`, 'train', ['preprocess:preprocess']));
      steps.push(step(`${model}:predict-fold-${fold}`, 'predict', [`${model}:train-fold-${fold}`]));
    }
  }
  const predictions = ['a', 'b'].flatMap((model) => folds.map((fold) => `${model}:predict-fold-${fold}`));
  for (const fold of folds) steps.push(step(`s:train-fold-${fold}`, 'stack', predictions));
  steps.push(
    step(
      'submission:make',
      'submission',
      folds.map((fold) => `s:train-fold-${fold}`),
    ),
  );
  return steps.map((one) => ({ ...one, done: done.includes(one.id) }));
}

function shown(
  steps: readonly PlannedStep[],
  queued?: ReadonlyMap<string, string>,
  settings?: ClusterSettings,
) {
  const resources = (one: PlannedStep) => resourcesOf(one, settings ?? defaultClusterSettings);
  return jobArrays(steps, { resources, ...(queued ? { queued } : {}) }).map(({ name, tasks, after }) => [
    name,
    tasks.map(({ index }) => index).join(),
    ...after.map((one) =>
      one.kind === 'earlier'
        ? `earlier ${one.jobs.join()}`
        : `${one.kind} ${one.array}${one.kind === 'some' ? ` ${one.indices.join()}` : ''}`,
    ),
  ]);
}

it('makes one array of the folds of a model, each after what it needs', () => {
  expect(shown(pipeline())).toEqual([
    ['preprocess.preprocess', '0'],
    ['a.train', '0,1,2', 'all preprocess.preprocess'],
    ['a.predict', '0,1,2', 'corresponding a.train'],
    ['b.train', '0,1,2', 'all preprocess.preprocess'],
    ['b.predict', '0,1,2', 'corresponding b.train'],
    ['s.train', '0,1,2', 'all a.predict', 'all b.predict'],
    ['submission.make', '0', 'all s.train'],
  ]);
});

it('leaves out what is done; folds that wait for different things are different arrays', () => {
  const done = [
    'preprocess:preprocess',
    'a:train-fold-0',
    'a:train-fold-2',
    'b:train-fold-0',
    'b:predict-fold-0',
  ];
  expect(shown(pipeline(done))).toEqual([
    ['a.predict', '0,2'],
    ['a.train', '1'],
    ['a.predict.2', '1', 'corresponding a.train'],
    ['b.train', '1,2'],
    ['b.predict', '1,2', 'corresponding b.train'],
    ['s.train', '0,1,2', 'all a.predict', 'all a.predict.2', 'all b.predict'],
    ['submission.make', '0', 'all s.train'],
  ]);
});

it('waits for jobs of an earlier submission, and leaves their steps to them', () => {
  const queued = new Map([
    ['preprocess:preprocess', '7'],
    ['a:train-fold-1', '8_1'],
  ]);
  const steps = pipeline().filter(({ project }) => ['preprocess', 'a'].includes(project));
  expect(shown(steps, queued)).toEqual([
    ['a.train', '0,2', 'earlier 7'],
    ['a.predict', '0,2', 'corresponding a.train'],
    ['a.predict.2', '1', 'earlier 8_1'],
  ]);
});

it('waits for some tasks of an array where it needs no others', () => {
  const steps = [
    ...[0, 1, 2].map((fold) => step(`a:predict-fold-${fold}`, 'predict', [])),
    step('s:train-fold-1', 'stack', ['a:predict-fold-0', 'a:predict-fold-2']),
    step('t:make', 'submission', ['a:predict-fold-0']),
  ];
  expect(shown(steps)).toEqual([
    ['a.predict', '0,1,2'],
    ['s.train', '1', 'some a.predict 0,2'],
    ['t.make', '0', 'some a.predict 0'],
  ]);
});

it('separates folds that ask for different resources', () => {
  const settings = { ...defaultClusterSettings, tasks: { 'a:train-fold-2': { cores: 32 } } };
  const steps = pipeline(['preprocess:preprocess']).filter(({ id }) => id.startsWith('a:train'));
  expect(shown(steps, undefined, settings)).toEqual([
    ['a.train', '0,1'],
    ['a.train.2', '2'],
  ]);
});
