import { present } from '@ichor/files';
import type { Resources } from '../settings/resources.js';
import type { PlannedStep } from './step-plan.js';

/** What an array waits for. */
export type Dependency =
  /** Each task for the task of the same index there. */
  | { readonly kind: 'corresponding'; readonly array: string }
  | { readonly kind: 'all'; readonly array: string }
  | { readonly kind: 'some'; readonly array: string; readonly indices: readonly number[] }
  /** Jobs of an earlier submission, as the scheduler names them. */
  | { readonly kind: 'earlier'; readonly jobs: readonly string[] };

/** Steps that differ in the fold only, as one job array. */
export interface JobArray {
  /** Unique in the submission: `xception.train`. */
  readonly name: string;
  readonly tasks: readonly ArrayTask[];
  /** Without folds: one job, no array. */
  readonly single: boolean;
  readonly after: readonly Dependency[];
  readonly resources: Resources;
}

export interface ArrayTask {
  /** The fold. */
  readonly index: number;
  /** `project:target` of the step. */
  readonly step: string;
}

interface Place {
  readonly group: string;
  readonly index: number;
}

export interface ArrayOptions {
  readonly resources: (step: PlannedStep) => Resources;
  /** Jobs of an earlier submission that will do a step, by the step. */
  readonly queued?: ReadonlyMap<string, string>;
}

/**
 * The arrays for the steps that are to be done, each after those that it waits for. The folds of a model are one array; they
 * are several where the folds wait for different things, or ask for different resources.
 *
 * @param steps each after those that it needs; done and queued ones are left out of the arrays
 */
export function jobArrays(
  steps: readonly PlannedStep[],
  { resources, queued = new Map<string, string>() }: ArrayOptions,
): JobArray[] {
  const pending = steps.filter(({ id, done }) => !done && !queued.has(id));
  const places = new Map<string, Place>();
  const groups = new Map<string, { readonly steps: PlannedStep[]; readonly signature: string }>();
  const dependencies = new Map<string, readonly Dependency[]>();
  for (const step of pending) {
    const after = dependenciesOf(step, { places, groups, queued });
    const stem = nameOf(step);
    const signature = JSON.stringify([after, resources(step)]);
    let group = stem;
    for (let part = 2; groups.has(group) && groups.get(group)?.signature !== signature; part++) {
      group = `${stem}.${part}`;
    }
    const members = groups.get(group) ?? { steps: [], signature };
    members.steps.push(step);
    groups.set(group, members);
    dependencies.set(group, after);
    places.set(step.id, { group, index: foldOf(step.target) ?? 0 });
  }
  return [...groups].map(([name, { steps: members }]) => {
    const first = present(members[0]);
    return {
      name,
      tasks: members
        .map(({ id }) => ({ index: present(places.get(id)).index, step: id }))
        .sort((a, b) => a.index - b.index),
      single: foldOf(first.target) === undefined,
      after: present(dependencies.get(name)).map((dependency) => whole(dependency, groups)),
      resources: resources(first),
    };
  });
}

function dependenciesOf(
  { project, target, needs }: PlannedStep,
  {
    places,
    groups,
    queued,
  }: {
    readonly places: ReadonlyMap<string, Place>;
    readonly groups: ReadonlyMap<string, { readonly steps: readonly PlannedStep[] }>;
    readonly queued: ReadonlyMap<string, string>;
  },
): Dependency[] {
  const byGroup = new Map<string, number[]>();
  const jobs: string[] = [];
  for (const need of needs) {
    const job = queued.get(need);
    if (job !== undefined) jobs.push(job);
    const place = places.get(need);
    if (place !== undefined) byGroup.set(place.group, [...(byGroup.get(place.group) ?? []), place.index]);
  }
  const fold = foldOf(target);
  const inside = [...byGroup]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([array, found]): Dependency => {
      const indices = [...found].sort((a, b) => a - b);
      // Fold for fold within a model only: a step that reads all folds of another model may find only one of them left to do.
      const ofModel = present(groups.get(array)).steps.every((member) => member.project === project);
      if (ofModel && indices.length === 1 && indices[0] === fold) return { kind: 'corresponding', array };
      return { kind: 'some', array, indices };
    });
  return jobs.length === 0 ? inside : [...inside, { kind: 'earlier', jobs: jobs.sort() }];
}

/** All tasks of an array. */
function whole(
  dependency: Dependency,
  groups: ReadonlyMap<string, { readonly steps: readonly PlannedStep[] }>,
): Dependency {
  if (dependency.kind !== 'some') return dependency;
  const { array, indices } = dependency;
  return groups.get(array)?.steps.length === indices.length ? { kind: 'all', array } : dependency;
}

/** The number of the fold of `train-fold-3`. */
export function foldOf(target: string): number | undefined {
  const [, fold] = /-fold-(\d+)$/.exec(target) ?? [];
  return fold === undefined ? undefined : Number(fold);
}

function nameOf({ project, target }: PlannedStep): string {
  return `${project}.${target.replace(/-fold-\d+$/, '')}`;
}
