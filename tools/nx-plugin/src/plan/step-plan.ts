import type { StepKind } from '../step/arguments.js';
import type { StepInputs } from '../step/key.js';
import type { StepOutputs } from '../step/stamp.js';

/** A step of the pipeline, ready to run on another machine without Nx. */
export interface PlannedStep extends StepInputs, StepOutputs {
  /** `project:target`. */
  readonly id: string;
  readonly project: string;
  readonly target: string;
  readonly kind: StepKind;
  /** Relative to the workspace. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** Ids of the steps that it waits for. */
  readonly needs: readonly string[];
  /** Folders of the packages whose code it runs. */
  readonly packages: readonly string[];
  /** Its files and those of all steps before it are there, from the same code, settings and data. */
  readonly done: boolean;
}

/** What a run of Nx would do, as data. */
export interface StepPlan {
  readonly format: 'ichor-step-plan';
  readonly version: 1;
  readonly workspace: string;
  /** In an order in which each step comes after those that it needs. */
  readonly steps: readonly PlannedStep[];
  /** What is compiled, by the folder of its package. */
  readonly code: Readonly<Record<string, string>>;
}
