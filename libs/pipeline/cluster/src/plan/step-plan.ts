import { z } from 'zod';

const kinds = ['preprocess', 'train', 'predict', 'stack', 'submission'] as const;
export type StepKind = (typeof kinds)[number];

/** Names become parts of paths and names of jobs. */
const name = z.string().regex(/^[A-Za-z0-9_][\w.-]*$/, 'a name of letters, digits, . _ and -');

const stepSchema = z.object({
  /** `project:target`. */
  id: z.string(),
  project: name,
  target: name,
  kind: z.enum(kinds),
  /** Below ICHOR_ROOT. */
  folder: z.string(),
  /** Ids of the steps that it waits for. */
  needs: z.array(z.string()),
  /** Its files are there, from the same code, settings and data. */
  done: z.boolean(),
});

/** What the Nx plugin plans, as far as jobs are made from it; the plugin reads the rest when a step runs. */
export const stepPlanSchema = z.object({
  format: z.literal('ichor-step-plan'),
  version: z.literal(1),
  workspace: z.string(),
  /** Each comes after those that it needs. */
  steps: z.array(stepSchema),
});

export type PlannedStep = z.infer<typeof stepSchema>;
export type StepPlan = z.infer<typeof stepPlanSchema>;
