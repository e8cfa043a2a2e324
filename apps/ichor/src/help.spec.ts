import { execFileSync } from 'node:child_process';
import { terminal, type Command } from '@ichor/cli';
import { describe, expect, it } from 'vitest';
import { bashCompletion, fishCompletion, shownFlag, zshCompletion } from './completion.js';
import { ichor } from './ichor.js';

const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
const ichorCommand = await ichor([]);
const all = leaves(ichorCommand);

describe('--help', () => {
  it.each(all.map((command) => [command.name, command] as const))(
    'of %s names every option',
    (_, command) => {
      const help = command.help();
      for (const option of command.options) expect(help).toContain(`${shownFlag(option)} `);
      expect(help).toContain(`Usage: ${command.name} `);
      expect(help).toContain(command.summary.slice(0, 30));
    },
  );

  it.each(
    all.filter(({ name }) => name !== 'ichor completion').map((command) => [command.name, command] as const),
  )('of %s offers JSON for machines', (_, { options }) => {
    expect(options.map(({ flag }) => flag)).toContain('json');
  });

  it('of the program names every command', () => {
    for (const { name } of ichorCommand.commands) expect(ichorCommand.help()).toContain(name.split(' ')[1]);
  });

  it('says where results are shown that this is no medical device', () => {
    expect(ichorCommand.help()).toContain('Not a medical device');
  });
});

/** What bash offers for the last of some words. */
function complete(...words: string[]): string[] {
  const script = `${bashCompletion(ichorCommand)}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ichor; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['-c', script, 'bash', 'ichor', ...words], { encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

describe('completion in bash', () => {
  it.each<[string[], string[]]>([
    [['pre'], ['predict', 'preprocess']],
    [['predict', '--pat'], ['--patient-data']],
    [
      ['predict', '--no-'],
      ['--no-augment', '--no-html', '--no-dicom', '--no-cache'],
    ],
    [['predict', 'ct', '--bundle', 'x', '--ser'], ['--series']],
    [['weights', 'fe'], ['fetch']],
    [
      ['report', '--mistakes'],
      ['--mistakes-of', '--mistakes'],
    ],
  ])('of %j is %j', (words, expected) => {
    expect(complete(...words).sort()).toEqual([...expected].sort());
  });

  it('offers files where a path may stand, also with nothing typed', () => {
    expect(complete('predict', '/bi')).toContain('/bin');
    expect(complete('predict', 'ct', '--bundle', '/bi')).toContain('/bin');
    expect(complete('predict', '')).toContain('package.json');
  });

  it('offers the values of an option after it', () => {
    expect(complete('predict', 'ct', '--provider', 'c')).toEqual(['cpu', 'cuda', 'coreml']);
    expect(complete('completion', '--shell', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(complete('predict', '-o', '/bi')).toContain('/bin');
  });
});

it('tells its version', async () => {
  const lines: string[] = [];
  const context = {
    signal: new AbortController().signal,
    terminal,
    print: (line: string) => lines.push(line),
  };
  expect(await ichorCommand.execute(['--version'], context)).toBe(0);
  expect(lines.join()).toMatch(/^ichor \d+\.\d+\.\d+, node v\d+/);
});

it('loads the command that is named alone, and none for the version', async () => {
  const words = (program: Command) => program.commands.map(({ name }) => name.split(' ')[1]);
  for (const word of words(ichorCommand)) expect(words(await ichor([word ?? '', '--help']))).toEqual([word]);
  expect(words(await ichor(['--version']))).toEqual([]);
  for (const argv of [[], ['help', 'predict'], ['predct'], ['--help']])
    expect(words(await ichor(argv))).toEqual(words(ichorCommand));
});

it('completes in zsh by bash, and in fish by lines of its own', () => {
  expect(zshCompletion(ichorCommand)).toContain('bashcompinit');
  const fish = fishCompletion(ichorCommand).split('\n');
  expect(fish.join('\n')).toContain(
    "complete -c ichor -n '__fish_use_subcommand' -f -a report -d 'Reports the",
  );
  expect(fish.join('\n')).toContain(
    "-n '__fish_seen_subcommand_from predict' -l patient-data -d 'Put the patient'\\''s",
  );
  expect(fish.join('\n')).toContain("-l provider -x -a 'auto cpu cuda webgpu coreml dml' -d ");
});
