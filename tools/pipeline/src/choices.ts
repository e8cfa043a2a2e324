import { nearest, UsageError } from '@ichor/cli';
import { readEnsemble } from '@ichor/experiment';

/** The configurations that every step has. */
const CONFIGURATIONS = ['demo'];

/**
 * Checks options that Nx or a program would refuse only after hours of other steps.
 *
 * @param apps folder of the apps
 * @throws UsageError
 */
export async function checkChoices(
  {
    models = [],
    config,
  }: {
    readonly models?: readonly string[] | undefined;
    readonly config?: string | undefined;
  },
  apps: string,
): Promise<void> {
  const ensemble = await readEnsemble(apps);
  const known = ensemble.models.map(({ name }) => name);
  for (const model of models) check('models', model, known);
  if (config !== undefined) check('config', config, CONFIGURATIONS);
}

/** Whether there is a stacker among steps (`project:target`). */
export async function hasStackers(steps: Iterable<string>, apps: string): Promise<boolean> {
  const { models } = await readEnsemble(apps);
  const stackers = new Set(models.filter(({ level }) => level > 0).map(({ name }) => name));
  return [...steps].some((step) => stackers.has(step.split(':')[0] ?? ''));
}

function check(option: string, given: string, known: readonly string[]): void {
  if (known.includes(given)) return;
  const guess = nearest(given, known);
  throw new UsageError(
    `--${option} ${given}: unknown`,
    guess === undefined ? `choose from ${known.join(', ')}` : `did you mean ${guess}?`,
  );
}
