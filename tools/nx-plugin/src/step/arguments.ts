import { readFileSync } from 'node:fs';
import { RUN_NAME, runName } from '@ichor/tables/layout';

/** In the order in which the steps need each other. */
export const stepKinds = ['preprocess', 'train', 'predict', 'stack', 'submission'] as const;

export type StepKind = (typeof stepKinds)[number];

/**
 * Options of the programs by their names on the command line: those of the schemas that `--help` of Nx shows. A test writes
 * the schemas from what the programs say of themselves.
 */
const programOptions: Readonly<Record<StepKind, readonly string[]>> = {
  preprocess: optionsOf('preprocess'),
  train: optionsOf('train'),
  predict: optionsOf('predict'),
  stack: optionsOf('stack'),
  submission: optionsOf('submission'),
};

function optionsOf(kind: StepKind): readonly string[] {
  const file = new URL(`../../src/step/schemas/${kind}.json`, import.meta.url);
  const { properties } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly properties: Readonly<Record<string, { readonly hidden?: boolean }>>;
  };
  const shown = Object.entries(properties).filter(([, { hidden = false }]) => !hidden);
  return shown.map(([name]) => name.replace(/^no-/, ''));
}

/** Options of the named task only: `predict --fresh` must not train again. */
const personal: readonly string[] = [
  ...[
    'app',
    'fold',
    'config',
    'print-config',
    'plan',
    'run',
    'inputs',
    'fresh',
    'redraw',
    'json',
    'fast-dev-run',
    'find-learning-rate',
  ],
];

/** Options of all tasks of the model that the user named: its training is that of its prediction. */
const ofTheModel: readonly string[] = ['config', 'run'];

/** Options with which a program only says something, and leaves no files. */
const telling: readonly string[] = ['print-config', 'plan', 'fast-dev-run', 'find-learning-rate', 'help'];

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
  /** The user named a task of this model. */
  readonly ofNamedModel: boolean;
}

/**
 * The arguments of a program. What the user gave wins over the configuration, and reaches every program before the named
 * one too; each gets only its own options. An option that no program knows is passed on, so that it is refused.
 */
export function stepArguments({ fixed, settings, ...who }: StepArguments): string[] {
  const own = ownOptions(who);
  const names = new Set(own.map(({ name }) => name));
  return [
    ...fixed,
    ...grouped(settings)
      .filter(({ name }) => !names.has(name))
      .flatMap(({ words }) => words),
    ...own.flatMap(({ words }) => words),
  ];
}

/** Why no step can run with these options; undefined when it can. */
export function refusal(given: readonly string[]): string | undefined {
  return given.some((word) => /^--root(?:=|$)/.test(word))
    ? 'Tasks have no option --root: the folder of input/ and the results is a part of their cache key. Set ICHOR_ROOT.'
    : undefined;
}

type OwnArguments = Omit<StepArguments, 'fixed' | 'settings'>;

/** Those of the given options that a step takes. */
export function ownArguments(options: OwnArguments): string[] {
  return ownOptions(options).flatMap(({ words }) => words);
}

/** The value of an option; of `--run=a` and `--run a`. */
export function valueOf(words: readonly string[], option: string): string | undefined {
  const given = grouped(words).find(({ name }) => name === option)?.words ?? [];
  const [first = '', second] = given;
  return first.includes('=') ? first.slice(first.indexOf('=') + 1) : second;
}

/** Whether a program given these arguments only says something and writes no files. */
export function onlyTells(words: readonly string[]): boolean {
  return grouped(words).some(({ name }) => telling.includes(name));
}

/** The folder of a step under its arguments: a named run of a model has its own. */
export function folderOfRun(folder: string, words: readonly string[]): string {
  const run = valueOf(words, 'run');
  // What is no name of a run is refused by the program.
  return run !== undefined && RUN_NAME.test(run) ? runName(folder, run) : folder;
}

function ownOptions({ kind, given, named, ofNamedModel }: OwnArguments): Option[] {
  // The named task is the last; its options and those of the steps before it make sense, others are mistakes.
  const chain = named
    ? stepKinds.slice(0, stepKinds.indexOf(kind))
    : stepKinds.filter((other) => other !== kind);
  return grouped(given).filter(({ name }) =>
    takes(kind, name)
      ? named || (ofNamedModel && ofTheModel.includes(name)) || isForwarded(kind, name)
      : !chain.some((other) => takes(other, name) && (!named || isForwarded(other, name))),
  );
}

function takes(kind: StepKind, name: string): boolean {
  return programOptions[kind].includes(name);
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
  const known = (option: string) => Object.values(programOptions).some((list) => list.includes(option));
  const positive = name.replace(/^no-/, '');
  return !known(name) && known(positive) ? positive : name;
}
