import { describeSystemError, IchorError, systemCode } from '@ichor/files';
import type { z } from 'zod';
import { definitionList, helpText, type Example, type PositionalSpec } from './help.js';
import { optionSpecs, type OptionShape, type OptionSpec } from './option.js';
import { parseArguments, validate } from './parse.js';
import { nearest } from './spelling.js';
import { StandardOutput } from './standard-output.js';
import { INTERRUPTED, listenForStop } from './stop.js';
import { terminal as standardTerminal, type Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';

export interface CommandContext {
  readonly positionals: readonly string[];
  /** Aborted by the first Ctrl-C: save and return. */
  readonly signal: AbortSignal;
  /** For progress, logs and messages (standard error). */
  readonly terminal: Terminal;
  /** Prints a line of the result (standard output). */
  print(line: string): void;
}

/** Returns the exit code; undefined means 0. */
export type ExitCode = number | void;

export interface CommandDefinition<Shape extends OptionShape> {
  /** As typed by the user, e.g. `ichor predict`. */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  /**
   * camelCase keys become `--kebab-case`. `z.boolean()` is a switch (`--no-x` negates), `z.array(...)` takes several
   * (repeated or with commas), `z.enum` lists its choices; `.describe()`, `.default()`, `.optional()` show in the help.
   */
  readonly options: Shape;
  /** One-letter names: `{ out: 'o' }`. */
  readonly shorts?: Readonly<Partial<Record<keyof Shape & string, string>>>;
  readonly positionals?: PositionalSpec;
  readonly examples?: readonly Example[];
  run(options: z.infer<z.ZodObject<Shape>>, context: CommandContext): Promise<ExitCode> | ExitCode;
}

/** A command, or a group of them, ready to run; made by {@link defineCommand} and {@link defineGroup}. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionSpec[];
  readonly commands: readonly Command[];
  help(): string;
  /** @throws UsageError and whatever the command throws */
  execute(argv: readonly string[], context: Omit<CommandContext, 'positionals'>): Promise<number>;
}

export function defineCommand<Shape extends OptionShape>(definition: CommandDefinition<Shape>): Command {
  const { name, summary, description, options: shape, positionals, examples = [] } = definition;
  const options = optionSpecs(shape, definition.shorts);
  const help = () => helpText({ name, summary, description, positionals, options, examples });
  return {
    name,
    summary,
    options,
    commands: [],
    help,
    async execute(argv, context) {
      if (asksForHelp(argv)) {
        // For programs that show or complete the options.
        const content = { name, summary, description, positionals, options, examples };
        context.print(argv.includes('--json') ? JSON.stringify(content, null, 2) : help());
        return 0;
      }
      const parsed = parseArguments(argv, options);
      checkPositionals(parsed.positionals, positionals);
      const values = validate(shape, options, parsed.values);
      const code = await definition.run(values, { ...context, positionals: parsed.positionals });
      return typeof code === 'number' ? code : context.signal.aborted ? INTERRUPTED : 0;
    },
  };
}

/** Several commands under one name: `ichor doctor`, `ichor predict`. The last word of each name selects it. */
export function defineGroup(group: {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Command[];
  /** What `--version` prints. */
  readonly version?: string;
}): Command {
  const byWord = new Map(
    group.commands.map((command) => [command.name.slice(command.name.lastIndexOf(' ') + 1), command]),
  );
  const help = () =>
    [
      group.summary,
      `Usage: ${group.name} <command> [options]`,
      ['Commands:', ...definitionList([...byWord].map(([word, command]) => [word, command.summary]))].join(
        '\n',
      ),
      `${group.name} <command> --help tells more.`,
    ].join('\n\n');
  return {
    name: group.name,
    summary: group.summary,
    options: [],
    commands: group.commands,
    help,
    async execute(argv, context) {
      const [word, ...rest] = argv;
      if (word === undefined || word === '--help' || word === '-h' || word === 'help') {
        context.print((word === 'help' ? byWord.get(rest[0] ?? '') : undefined)?.help() ?? help());
        return word === undefined ? 2 : 0;
      }
      if (group.version !== undefined && (word === '--version' || word === '-V')) {
        context.print(group.version);
        return 0;
      }
      const command = byWord.get(word);
      if (command !== undefined) return command.execute(rest, context);
      const suggestion = nearest(word, byWord.keys());
      throw new UsageError(
        `unknown command ${word}`,
        suggestion === undefined ? `${group.name} --help lists the commands` : `did you mean ${suggestion}?`,
      );
    },
  };
}

/** True for `--help` or `-h` among the options. */
export function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

function checkPositionals(given: readonly string[], spec: PositionalSpec | undefined): void {
  const max = spec === undefined ? 0 : (spec.max ?? Infinity);
  if (given.length > max) {
    throw new UsageError(`unexpected ${given[max] ?? ''}`, 'options start with two dashes');
  }
  if (spec !== undefined && given.length < (spec.min ?? 0)) {
    throw new UsageError(`${spec.name} is missing`, spec.description);
  }
}

/**
 * Runs a command as the program: parses, stops gracefully on Ctrl-C, prints errors in one line.
 *
 * Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by the user. Set `DEBUG=ichor` for stack traces.
 *
 * @returns the exit code, which is also set on the process
 */
export async function runCommand(
  command: Command,
  {
    argv = process.argv.slice(2),
    terminal = standardTerminal,
    print,
  }: {
    readonly argv?: readonly string[];
    readonly terminal?: Terminal;
    readonly print?: (line: string) => void;
  } = {},
): Promise<number> {
  const stop = listenForStop((message) => terminal.print(message));
  const output = new StandardOutput();
  let code: number;
  try {
    code = await command.execute(argv, {
      signal: stop.signal,
      terminal,
      print: print ?? ((line) => output.print(line)),
    });
    await output.flush();
  } catch (error) {
    terminal.setLive('');
    code = reportError(error, command, terminal, stop.signal);
  } finally {
    output.dispose();
    stop.dispose();
  }
  terminal.setLive('');
  process.exitCode = code;
  return code;
}

function reportError(error: unknown, command: Command, terminal: Terminal, signal: AbortSignal): number {
  if (
    signal.aborted &&
    (error === signal.reason || (error instanceof Error && error.name === 'AbortError'))
  ) {
    return INTERRUPTED;
  }
  if (error instanceof UsageError) {
    terminal.print(`${command.name}: ${error.message}`);
    return 2;
  }
  const system = describeSystemError(error);
  if (system !== undefined) {
    // A full disk or a missing permission that the command did not report itself.
    const path = error instanceof Error && 'path' in error ? `${String(error.path)}: ` : '';
    terminal.print(`${command.name}: ${path}${system} [system/${systemCode(error)}]`);
    if (process.env['DEBUG']?.includes('ichor') === true) terminal.print((error as Error).stack ?? '');
  } else if (error instanceof IchorError) {
    terminal.print(`${command.name}: ${error.message} [${error.code}]`);
    if (process.env['DEBUG']?.includes('ichor') === true) terminal.print(error.stack ?? '');
  } else {
    // An unforeseen error: a bug report needs its stack trace.
    terminal.print(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return 1;
}
