import { listFolder, readTextFile, writeFileAtomic } from '@ichor/files';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { ClusterError } from '../error.js';
import { stepPlanSchema, type StepPlan } from '../plan/step-plan.js';

const systems = ['slurm', 'kubernetes', 'local'] as const;
export type System = (typeof systems)[number];

const resourcesSchema = z.object({
  partition: z.string().optional(),
  gpus: z.number(),
  gpuType: z.string().optional(),
  cores: z.number(),
  memory: z.number(),
  time: z.number(),
});

const arraySchema = z.object({
  name: z.string(),
  /** What the scheduler calls it; undefined until it was submitted. */
  job: z.string().optional(),
  single: z.boolean(),
  tasks: z.array(z.object({ index: z.number().int().min(0), step: z.string() })),
  resources: resourcesSchema,
});

const submissionSchema = z.object({
  format: z.literal('ichor-submission'),
  version: z.literal(1),
  id: z.string(),
  system: z.enum(systems),
  createdAt: z.string(),
  workspace: z.string(),
  root: z.string(),
  /** Compiled program that runs one step of the plan. */
  runner: z.string(),
  environment: z.record(z.string(), z.string()),
  requeues: z.number(),
  escalateMemory: z.object({ factor: z.number(), limit: z.number() }).optional(),
  namespace: z.string().optional(),
  arrays: z.array(arraySchema),
});

/** What was submitted at once: jobs read it when they start. */
export type Submission = z.infer<typeof submissionSchema>;
export type SubmittedArray = Submission['arrays'][number];

export function jobsFolder(root: string): string {
  return join(root, 'output', 'jobs');
}

export const submissionPaths = (folder: string) => ({
  submission: join(folder, 'submission.json'),
  plan: join(folder, 'plan.json'),
});

/** `20260131-235959-1a2b`: sorts by time. */
export function newSubmissionId(now = new Date()): string {
  const time = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${randomBytes(2).toString('hex')}`;
}

export async function writeSubmission(folder: string, submission: Submission): Promise<void> {
  await writeFileAtomic(submissionPaths(folder).submission, `${JSON.stringify(submission, null, 1)}\n`);
}

/** @throws ClusterError `cluster/submission` */
export async function readSubmission(folder: string): Promise<Submission> {
  const file = submissionPaths(folder).submission;
  return readPart(file, submissionSchema, 'submission');
}

/**
 * The plan of a submission.
 *
 * @throws ClusterError `cluster/submission`
 */
export async function readStepPlan(folder: string): Promise<StepPlan> {
  return readPart(submissionPaths(folder).plan, stepPlanSchema, 'plan of steps');
}

async function readPart<S extends z.ZodType>(file: string, schema: S, what: string): Promise<z.output<S>> {
  const text = await readTextFile(file);
  try {
    return schema.parse(JSON.parse(text ?? ''));
  } catch (cause) {
    throw new ClusterError({
      code: 'cluster/submission',
      file,
      reason: text === undefined ? 'is not there' : `is not a ${what} of this version of Ichor`,
      remedy: 'delete its folder and submit again',
      cause,
    });
  }
}

/** All submissions below a root, the newest first. */
export async function listSubmissions(root: string): Promise<readonly Submission[]> {
  const jobs = jobsFolder(root);
  const names = ((await listFolder(jobs)) ?? []).filter((name) => /^\d{8}-\d{6}-[0-9a-f]{4}$/.test(name));
  const found: Submission[] = [];
  for (const name of names.sort().reverse()) {
    // A submission that was stopped before it was written has only its folder.
    if ((await readTextFile(submissionPaths(join(jobs, name)).submission)) === undefined) continue;
    found.push(await readSubmission(join(jobs, name)));
  }
  return found;
}

/** What the scheduler calls a task: `123_4`, `123`; undefined before it was submitted. */
export function jobOf({ job, single }: SubmittedArray, index: number): string | undefined {
  return job === undefined ? undefined : single ? job : `${job}_${index}`;
}
