import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { IchorError } from '@ichor/files';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineCommand, defineGroup, runCommand, type Command } from './command.js';
import { Terminal } from './terminal.js';

afterEach(() => {
  process.exitCode = undefined;
});

async function run(command: Command, ...argv: string[]) {
  let stdout = '';
  let stderr = '';
  const code = await runCommand(command, {
    argv,
    terminal: new Terminal({ write: (text) => (stderr += text) }),
    print: (line) => (stdout += `${line}\n`),
  });
  return { code, stdout, stderr };
}

const options = {
  imageSize: z.number().int().min(32).max(1024).default(512).describe('Pixels per side'),
  models: z.array(z.string()).optional().describe('Which ones'),
  folds: z.array(z.number().int()).default([0, 1]).describe('Which folds'),
  engine: z.enum(['auto', 'onnxruntime', 'tfjs']).default('auto').describe('What runs the network'),
  out: z.string().describe('Folder for the results'),
  force: z.boolean().describe('Even if it is done'),
  cache: z.boolean().default(true).describe('Keep intermediate files'),
};
const echo = defineCommand({
  name: 'ichor echo',
  summary: 'Prints what it was given.',
  options,
  shorts: { out: 'o' },
  positionals: { name: 'FILE', description: 'What to read' },
  examples: [{ command: 'ichor echo -o there', does: 'the least that works' }],
  run: (values, { print, positionals }) => print(JSON.stringify({ ...values, positionals })),
});

describe('options', () => {
  it('have the types of their schemas and the defaults', async () => {
    const { code, stdout } = await run(echo, '--out', 'x', 'a.dcm', 'b.dcm');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      imageSize: 512,
      folds: [0, 1],
      engine: 'auto',
      out: 'x',
      force: false,
      cache: true,
      positionals: ['a.dcm', 'b.dcm'],
    });
  });

  it('accept = and space, short names, camelCase, repeats, commas, --no- and --x=true', async () => {
    const { stdout } = await run(
      echo,
      ...[
        '-o',
        'x',
        '--imageSize=128',
        '--models',
        'a,b',
        '--models=c',
        '--folds',
        '3',
        '--no-cache',
        '--force=true',
      ],
    );
    expect(JSON.parse(stdout)).toMatchObject({
      imageSize: 128,
      models: ['a', 'b', 'c'],
      folds: [3],
      cache: false,
      force: true,
    });
  });

  it.each([
    [['--out', 'x', '--imgae-size', '1'], 'unknown option --imgae-size (did you mean --image-size?)'],
    [['--out', 'x', '--zzz'], 'unknown option --zzz (--help lists the options)'],
    [['--image-size', '64'], 'missing --out (add --out <text>)'],
    [['--out'], '--out needs a value'],
    [['--out', '--force'], '--out needs a value'],
    [['--out', 'x', '--out', 'y'], '--out is given twice'],
    [['--out', 'x', '--image-size', 'big'], '--image-size expects a number, got "big"'],
    [['--out', 'x', '--image-size', '16'], '--image-size 16: Too small'],
    [['--out', 'x', '--engine', 'onnxrumtime'], 'did you mean onnxruntime?'],
    [['--out', 'x', '--force=maybe'], '--force is a switch and takes no value'],
  ])('%j is refused with exit code 2 and a reason', async (argv, message) => {
    const { code, stderr, stdout } = await run(echo, ...argv);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(process.exitCode).toBe(2);
    expect(stdout).toBe('');
  });

  it('that take no files refuse them', async () => {
    const bare = defineCommand({ name: 'bare', summary: '', options: {}, run: () => undefined });
    expect((await run(bare, 'file')).stderr).toContain('unexpected file');
    expect((await run(bare)).code).toBe(0);
  });
});

describe('--help', () => {
  it('shows usage, types, choices, defaults and examples', async () => {
    const { code, stdout } = await run(echo, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Usage: ichor echo \[options\] \[FILE\.\.\.\]/);
    expect(stdout).toMatch(/--image-size <number> +Pixels per side \(default 512\)/);
    expect(stdout).toMatch(/--engine <auto\|onnxruntime\|tfjs> +What runs the network \(default auto\)/);
    expect(stdout).toMatch(/-o, --out <text> +Folder for the results \(required\)/);
    expect(stdout).toMatch(/--no-cache/);
    expect(stdout).toContain('# the least that works\n  ichor echo -o there');
  });
});

describe('a group', () => {
  const group = defineGroup({ name: 'ichor', summary: 'Detects.', commands: [echo] });

  it('finds the command by its last word', async () => {
    expect((await run(group, 'echo', '-o', 'x')).code).toBe(0);
  });

  it('lists the commands, and guesses', async () => {
    expect((await run(group, '--help')).stdout).toMatch(/echo +Prints what it was given\./);
    expect((await run(group, 'ecko')).stderr).toContain('did you mean echo?');
  });
});

describe('failures', () => {
  const failing = (error: Error) =>
    defineCommand({
      name: 'fail',
      summary: '',
      options: {},
      run: () => {
        throw error;
      },
    });

  it('that the code foresees print one line with their code and exit with 1', async () => {
    const error = new IchorError({ code: 'a/b', file: 'f', reason: 'is bad', remedy: 'mend it' });
    expect(await run(failing(error))).toEqual({
      code: 1,
      stdout: '',
      stderr: 'fail: f: is bad (mend it) [a/b]\n',
    });
  });

  it('of the system that no code translated also print one line', async () => {
    // Real errors of this system: the line shows the path and the meaning.
    const error: unknown = await readdir(import.meta.filename).catch((cause: unknown) => cause);
    const { code, stderr } = await run(failing(error as Error));
    expect(code).toBe(1);
    expect(stderr).toBe(
      `fail: ${import.meta.filename}: a part of the path is not a folder (ENOTDIR) [system/ENOTDIR]\n`,
    );
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect((await run(failing(full))).stderr).toBe('fail: the disk is full (ENOSPC) [system/ENOSPC]\n');
  });

  it('escape control characters in file names before they reach the terminal', async () => {
    const error = new IchorError({ code: 'a/b', file: 'x\u001b[2J', reason: 'says "\u009b1m"' });
    expect((await run(failing(error))).stderr).toBe('fail: x\\u001b[2J: says "\\u009b1m" [a/b]\n');
  });

  it('that the code does not foresee print their stack trace', async () => {
    const { code, stderr } = await run(failing(new TypeError('oh')));
    expect(code).toBe(1);
    expect(stderr).toMatch(/TypeError: oh\n +at /);
  });
});

describe('Ctrl-C', () => {
  it('aborts the signal once; a command that then returns ends with 130', async () => {
    const patient = defineCommand({
      name: 'patient',
      summary: '',
      options: {},
      run: (_, { signal }) =>
        new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => resolve());
          process.emit('SIGINT');
        }),
    });
    const { code, stderr } = await run(patient);
    expect(code).toBe(130);
    expect(stderr).toContain('Stopping safely after the current step');
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});

describe.skipIf(!existsSync('/dev/full'))('results on standard output (needs /dev/full)', () => {
  const program = `
    import { defineCommand, runCommand } from ${JSON.stringify(new URL('../dist/index.js', import.meta.url).href)};
    const command = defineCommand({ name: 'talk', summary: '', options: {}, run: (_, { print }) => {
      for (let i = 0; i < 20_000; i++) print('a line of the result');
    } });
    await runCommand(command);
    process.stderr.write('at the end');
  `;
  const talk = (to: string) =>
    spawnSync(
      'sh',
      ['-c', `"${process.execPath}" --input-type=module -e '${program.replaceAll("'", '"')}' ${to}`],
      {
        encoding: 'utf8',
      },
    );

  it('that do not fit on the disk give one line of failure', () => {
    const { status, stderr } = talk('> /dev/full');
    expect(stderr).toMatch(/^talk: standard output: cannot be written: ENOSPC.*\[cli\/output\]\nat the end$/);
    expect(status).toBe(1);
  });

  it('whose reader closes early are not a failure', () => {
    const { stderr, stdout } = talk('| head -1');
    expect([stdout, stderr]).toEqual(['a line of the result\n', 'at the end']);
  });
});
