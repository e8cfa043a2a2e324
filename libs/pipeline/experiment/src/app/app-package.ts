import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineGroup, runCommand, withRoot, type Command } from '@ichor/cli';

/** What the program of an app's package does. */
export interface AppProgram {
  /** What the app is, e.g. `base model`. */
  readonly kind: string;
  /** Commands that take `--app FOLDER`, which here is the folder of the package. */
  readonly commands: readonly Command[];
}

/**
 * The program of the package of a model or stacker: `se-resnext-410 train --root DATA --fold 0`. `--root` is the folder with
 * `input/` and `intermediate_output/`, in place of `ICHOR_ROOT`.
 *
 * @param module `import.meta.url` of the program, `dist/main.js` of the package
 * @returns the exit code, which is also set on the process
 */
export async function runAppPackage(
  module: string,
  { kind, commands }: AppProgram,
  argv: readonly string[] = process.argv.slice(2),
): Promise<number> {
  const folder = dirname(dirname(fileURLToPath(module)));
  const name = basename(folder);
  const program = defineGroup({
    name,
    summary: `The ${kind} ${name}.`,
    commands: commands.map((command) => withRoot(ofApp(command, folder))),
  });
  return runCommand(program, { argv: [...argv] });
}

function ofApp(command: Command, folder: string): Command {
  return { ...command, execute: (argv, context) => command.execute(['--app', folder, ...argv], context) };
}
