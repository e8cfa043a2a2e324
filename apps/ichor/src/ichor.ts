import { defineGroup, describeEnvironment, type Command } from '@ichor/cli';

/** The commands in the order of the help. Those of the pipeline are the commands that its Nx targets run. */
const commands = {
  predict: async () => (await import('./commands/predict.js')).predictCommand,
  evaluate: async () => (await import('./commands/evaluate.js')).evaluateCommand,
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand,
  phantom: async () => (await import('./commands/phantom.js')).phantom,
  preprocess: async () => (await import('./commands/preprocess.js')).preprocess,
  train: async () => (await import('./commands/train.js')).train,
  stack: async () => (await import('./commands/stack.js')).stack,
  status: async () => (await import('./commands/status.js')).statusCommand,
  submit: async () => (await import('./commands/submit.js')).submitCommand,
  jobs: async () => (await import('./commands/jobs.js')).jobsCommand,
  report: async () => (await import('./commands/report.js')).reportCommand,
  bundle: async () => (await import('./commands/bundle.js')).bundleCommand,
  weights: async () => (await import('./commands/weights.js')).weightsCommand,
  completion: async () => (await import('./commands/completion.js')).completionCommand(() => ichor([])),
} satisfies Record<string, () => Promise<Command>>;

/**
 * Everything under one name, as far as these arguments need it: a program that loads the code of all commands first says
 * nothing for half a second.
 */
export async function ichor(argv: readonly string[]): Promise<Command> {
  const [word = ''] = argv;
  const needed = word === '--version' || word === '-V' ? [] : Object.entries(commands);
  const one = needed.filter(([name]) => name === word);
  const loaded = (one.length > 0 ? one : needed).map(([, load]) => load());
  return defineGroup({
    name: 'ichor',
    version: `ichor ${describeEnvironment().ichor}, node ${process.version}`,
    summary:
      'Intracranial hemorrhage on head CT: predict new studies, or train the networks for it. Not a medical device.',
    commands: await Promise.all(loaded),
  });
}
