import { defineCommand, type Command } from '@ichor/cli';
import { z } from 'zod';
import { bashCompletion, fishCompletion, zshCompletion } from '../completion.js';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** @param root the whole program; loaded when it is asked for, because it contains this command */
export function completionCommand(root: () => Promise<Command>): Command {
  return defineCommand({
    name: 'ichor completion',
    summary: 'Prints a script that completes commands and options in a shell.',
    description:
      'bash: source <(ichor completion); zsh: source <(ichor completion --shell zsh), after compinit; ' +
      'fish: ichor completion --shell fish | source. They complete the word ichor: if you run it with npx, make an ' +
      "alias first: alias ichor='npx ichor'.",
    options: { shell: z.enum(['bash', 'zsh', 'fish']).default('bash').describe('Which shell') },
    async run({ shell }, { print }) {
      print(shells[shell](await root()));
    },
  });
}
