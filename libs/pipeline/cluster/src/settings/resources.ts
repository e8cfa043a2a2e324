import type { PlannedStep, StepKind } from '../plan/step-plan.js';
import type { ClusterSettings, StatedResources } from './cluster-file.js';
import { foldCosts, PREDICTION_SHARE } from './fold-costs.js';
import { parseMemory } from './quantities.js';

/** What a step asks for. */
export interface Resources {
  readonly partition: string | undefined;
  readonly gpus: number;
  readonly gpuType: string | undefined;
  readonly cores: number;
  /** Mebibytes. */
  readonly memory: number;
  /** Seconds; a step that needs longer is resumed. */
  readonly time: number;
}

type Default = Required<Pick<Resources, 'gpus' | 'cores' | 'memory' | 'time'>>;

const HOUR = 3600;
const gibibytes = (amount: number) => parseMemory(`${amount}G`) ?? 0;

/** Requirements of docs/pipeline.md; the times of networks follow from the table. */
const defaults: Readonly<Record<StepKind, Default>> = {
  preprocess: { gpus: 0, cores: 16, memory: gibibytes(16), time: 4 * HOUR },
  train: { gpus: 1, cores: 8, memory: gibibytes(24), time: 24 * HOUR },
  predict: { gpus: 1, cores: 8, memory: gibibytes(24), time: 6 * HOUR },
  stack: { gpus: 0, cores: 8, memory: gibibytes(24), time: 24 * HOUR },
  submission: { gpus: 0, cores: 2, memory: gibibytes(16), time: HOUR },
};

/** Operations a second on the slower GPU of the table. */
const SPEED = 10e12;
/** "Plan with twice these figures." */
const MARGIN = 2;

/** Seconds, in whole hours; undefined for models that the table does not know. */
function timeOfNetwork(project: string, kind: StepKind): number | undefined {
  const cost = foldCosts[project];
  if (cost === undefined || (kind !== 'train' && kind !== 'predict')) return undefined;
  const seconds = (MARGIN * cost.operations * 1e15) / SPEED;
  return Math.ceil((kind === 'train' ? seconds : PREDICTION_SHARE * seconds) / HOUR) * HOUR;
}

/** What a step asks for: the defaults of its kind, then `all`, then the entries of `tasks` that name it, in order. */
export function resourcesOf(
  { id, project, kind }: Pick<PlannedStep, 'id' | 'project' | 'kind'>,
  { all, tasks }: Pick<ClusterSettings, 'all' | 'tasks'>,
): Resources {
  const stated: readonly StatedResources[] = [
    all,
    ...Object.entries(tasks)
      .filter(([pattern]) => matches(pattern, id))
      .map(([, resources]) => resources),
  ];
  const preset = defaults[kind];
  const last = <Key extends keyof StatedResources>(key: Key): StatedResources[Key] =>
    stated.findLast((resources) => resources[key] !== undefined)?.[key];
  return {
    partition: last('partition'),
    gpus: last('gpus') ?? preset.gpus,
    gpuType: last('gpuType'),
    cores: last('cores') ?? preset.cores,
    memory: last('memory') ?? preset.memory,
    time: last('time') ?? timeOfNetwork(project, kind) ?? preset.time,
  };
}

/** Whether a pattern of `tasks` names a step; `*` stands for any part. */
export function matches(pattern: string, id: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(id);
}
