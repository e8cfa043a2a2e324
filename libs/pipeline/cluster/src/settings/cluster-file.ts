import { messageOf, readTextFile } from '@ichor/files';
import { z } from 'zod';
import { ClusterError } from '../error.js';
import { parseDuration, parseMemory } from './quantities.js';

const duration = z
  .string()
  .refine(
    (text) => (parseDuration(text) ?? 0) >= 60,
    'a time of at least a minute, such as "12h", "2d" or "1-12:00:00"',
  )
  .transform((text) => parseDuration(text) ?? 0);
const memory = z
  .string()
  .refine((text) => (parseMemory(text) ?? 0) > 0, 'an amount such as "512M", "32G" or "1T"')
  .transform((text) => parseMemory(text) ?? 0);
/** Names that a scheduler knows: partitions, accounts, nodes. No white space, no comma, nothing that starts an option. */
const name = z.string().regex(/^[A-Za-z0-9_][\w.:@[\]+-]*$/, 'a name of letters, digits and . _ : @ + - [ ]');
const text = z
  .string()
  .min(1)
  .regex(/^[^\0\n\r]+$/, 'one line');

const resourcesSchema = z.strictObject({
  /** Partition (queue) of Slurm. */
  partition: name.optional(),
  /** 0 for none. */
  gpus: z.number().int().min(0).max(64).optional(),
  /** `a100`; any GPU when it is left out. */
  gpuType: name.optional(),
  cores: z.number().int().min(1).max(1024).optional(),
  memory: memory.optional(),
  /** Limit; a step that reaches it is saved, put back in the queue and resumed. */
  time: duration.optional(),
});

const slurmSchema = z.strictObject({
  account: name.optional(),
  qos: name.optional(),
  constraint: text.optional(),
  /** Nodes that are left out. */
  exclude: z.array(name).default([]),
  /** Seconds before the limit at which a step is told to save; Slurm may be up to a minute early. */
  signalSeconds: z.number().int().min(10).max(3600).default(180),
  /** Times that a step goes back into the queue before it counts as failed. */
  requeues: z.number().int().min(0).max(10_000).default(100),
  /** Further options of sbatch, such as `--reservation=mri`. */
  options: z
    .array(z.string().regex(/^--[a-z][\w-]*(=[^\0\n\r]*)?$/, 'an option such as "--reservation=x"'))
    .default([]),
  /** Lines of shell before the program, such as `module load cuda/12`. */
  setup: z.array(text).default([]),
});

const kubernetesSchema = z.strictObject({
  /** Image with Node.js (and CUDA); the workspace comes from the volume. */
  image: text,
  namespace: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a name of lower-case letters, digits and -')
    .optional(),
  /** The shared volume that holds workspace and data, mounted at the path that it has here. */
  claim: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'the name of a PersistentVolumeClaim'),
  mountPath: z.string().regex(/^\/[^\0:]*$/, 'an absolute path'),
  /** Resource name of a GPU. */
  gpuResource: z
    .string()
    .regex(/^[a-z0-9.-]+\/[a-z0-9.-]+$/, 'a name such as "nvidia.com/gpu"')
    .default('nvidia.com/gpu'),
  /** Seconds for saving when a pod has to go. */
  graceSeconds: z.number().int().min(10).max(3600).default(180),
  /** Further tries of a fold that failed. */
  retries: z.number().int().min(0).max(100).default(1),
  nodeSelector: z.record(z.string(), z.string()).default({}),
  user: z.number().int().min(0).optional(),
  group: z.number().int().min(0).optional(),
});

const fileSchema = z.strictObject({
  $schema: z.string().optional(),
  /** For every step; over the defaults of the kind of step. */
  all: resourcesSchema.default({}),
  /** For steps by `project:target`, with `*` for any part; a later entry wins over an earlier one. */
  tasks: z
    .record(z.string().regex(/^[\w.*-]+:[\w.*-]+$/, 'a task such as "xception:train-*"'), resourcesSchema)
    .default({}),
  /** Memory of a step that was killed for it grows by this factor and it is tried again, up to the limit. */
  escalateMemory: z.strictObject({ factor: z.number().min(1.1).max(10), limit: memory }).optional(),
  /** Variables of the jobs. */
  environment: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/, 'the name of a variable'), z.string().regex(/^[^\0]*$/))
    .default({}),
  slurm: slurmSchema.prefault({}),
  kubernetes: kubernetesSchema.optional(),
});

/** Partial resources as a file states them: seconds and mebibytes. */
export type StatedResources = z.infer<typeof resourcesSchema>;
export type ClusterSettings = z.infer<typeof fileSchema>;
export type SlurmSettings = ClusterSettings['slurm'];
export type KubernetesSettings = NonNullable<ClusterSettings['kubernetes']>;

export const defaultClusterSettings: ClusterSettings = fileSchema.parse({});

/**
 * Reads `cluster.json`. Every value is checked, and a name that is not known is refused.
 *
 * @throws ClusterError `cluster/settings` naming the value; IchorError `files/not-readable`
 */
export async function readClusterFile(path: string): Promise<ClusterSettings> {
  const content = await readTextFile(path);
  if (content === undefined) {
    throw new ClusterError({
      code: 'cluster/settings',
      file: path,
      reason: 'is not there',
      remedy: 'docs/clusters.md shows one; without a file, the defaults of each step are asked for',
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new ClusterError({
      code: 'cluster/settings',
      file: path,
      reason: `is not JSON: ${messageOf(cause)}`,
      remedy: 'correct it there',
      cause,
    });
  }
  const result = fileSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue === undefined ? '' : issue.path.map(String).join('.');
  throw new ClusterError({
    code: 'cluster/settings',
    file: path,
    reason: `${place === '' ? 'the file' : `"${place}"`}: ${issueText(issue)}${given(value, issue?.path)}`,
    remedy: 'correct it there; docs/clusters.md lists what each setting may be',
    cause: result.error,
  });
}

/** Of a record, zod reports the issues of a bad key one level deeper. */
function issueText(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'is not valid';
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

function given(value: unknown, path: readonly PropertyKey[] = []): string {
  const found = path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
  return typeof found === 'string' || typeof found === 'number' ? `, not ${JSON.stringify(found)}` : '';
}
