/**
 * Options of the programs by their names on the command line (a test compares them with what the programs say), in the
 * order in which the steps need each other.
 */
export const programOptions = {
  preprocess: [
    ...['workers', 'folds', 'seed', 'min-brain-range', 'keep-test-slices', 'fresh', 'redraw', 'strict'],
    ...['allow-unreadable', 'json', 'config'],
  ],
  train: [
    ...[
      'app',
      'fold',
      'config',
      'recipe',
      'image-size',
      'epochs',
      'patience',
      'batch-size',
      'micro-batch',
      'learning-rate',
      'seed',
    ],
    ...[
      'slices-per-epoch',
      'limit',
      'passes',
      'pretrained',
      'output-bias',
      'keep-snapshots',
      'snapshot',
      'engine',
      'provider',
    ],
    ...['threads', 'workers', 'prefetch', 'fresh', 'checkpoint-minutes', 'tensorboard', 'json'],
  ],
  predict: [
    ...[
      'app',
      'fold',
      'config',
      'recipe',
      'image-size',
      'epochs',
      'patience',
      'batch-size',
      'micro-batch',
      'learning-rate',
      'seed',
    ],
    ...[
      'slices-per-epoch',
      'limit',
      'passes',
      'pretrained',
      'output-bias',
      'keep-snapshots',
      'snapshot',
      'engine',
      'provider',
    ],
    ...['threads', 'workers', 'prefetch', 'fresh', 'set', 'json'],
  ],
  stack: ['app', 'fold', 'config', 'engine', 'provider', 'gbdt', 'threads', 'nested', 'fresh', 'tensorboard'],
  submission: ['app', 'final', 'config', 'draws'],
} as const satisfies Record<string, readonly string[]>;

export type StepKind = keyof typeof programOptions;

/** Options of the named task only: `predict --fresh` must not train again. */
const personal: readonly string[] = ['app', 'fold', 'config', 'fresh', 'redraw', 'json'];

/** Seed and folds of a training are not those of the tables: only this reaches `preprocess` from a step after it. */
const sharedWithPreprocess: readonly string[] = ['workers'];

export interface StepArguments {
  readonly kind: StepKind;
  /** What the program is always given: which app, which fold. */
  readonly fixed: readonly string[];
  /** What a configuration adds. */
  readonly settings: readonly string[];
  /** What the user gave, to this task or to one that needs it. */
  readonly given: readonly string[];
  /** The user named this task, or all folds of it. */
  readonly named: boolean;
}

/**
 * The arguments of a program. What the user gave wins over the configuration, and reaches every program before the named
 * one too; each gets only what is its own. What no program knows is passed on, so that it is refused.
 */
export function stepArguments({ kind, fixed, settings, given, named }: StepArguments): string[] {
  const own = ownOptions({ kind, given, named });
  const names = new Set(own.map(({ name }) => name));
  return [
    ...fixed,
    ...grouped(settings)
      .filter(({ name }) => !names.has(name))
      .flatMap(({ words }) => words),
    ...own.flatMap(({ words }) => words),
  ];
}

/** Those of the given options that a step takes. */
export function ownArguments(options: Pick<StepArguments, 'kind' | 'given' | 'named'>): string[] {
  return ownOptions(options).flatMap(({ words }) => words);
}

function ownOptions({ kind, given, named }: Pick<StepArguments, 'kind' | 'given' | 'named'>): Option[] {
  const kinds = Object.keys(programOptions) as StepKind[];
  // The named task is the last; its options and those of the steps before it make sense, others are mistakes.
  const chain = named ? kinds.slice(0, kinds.indexOf(kind)) : kinds.filter((other) => other !== kind);
  return grouped(given).filter(({ name }) =>
    takes(kind, name)
      ? named || isForwarded(kind, name)
      : !chain.some((other) => takes(other, name) && (!named || isForwarded(other, name))),
  );
}

function takes(kind: StepKind, name: string): boolean {
  return (programOptions[kind] as readonly string[]).includes(name);
}

function isForwarded(kind: StepKind, name: string): boolean {
  return kind === 'preprocess' ? sharedWithPreprocess.includes(name) : !personal.includes(name);
}

interface Option {
  /** As in the table, without `no-`. */
  readonly name: string;
  readonly words: readonly string[];
}

/** `--a 1 --b=2 --no-c` as three options with their words. */
function grouped(words: readonly string[]): Option[] {
  const options: { name: string; words: string[] }[] = [];
  for (const word of words) {
    const last = options.at(-1);
    if (word.startsWith('-') && !/^-\d/.test(word)) options.push({ name: nameOf(word), words: [word] });
    else if (last === undefined) options.push({ name: '', words: [word] });
    else last.words.push(word);
  }
  return options;
}

function nameOf(word: string): string {
  const name = (/^-+([^=]*)/.exec(word)?.[1] ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const known = (option: string) =>
    Object.values(programOptions).some((list) => list.includes(option as never));
  const positive = name.replace(/^no-/, '');
  return !known(name) && known(positive) ? positive : name;
}
