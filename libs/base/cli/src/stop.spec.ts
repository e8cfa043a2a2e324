import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

const program = `
  import { listenForStop } from ${JSON.stringify(new URL('../dist/stop.js', import.meta.url).href)};
  const stop = listenForStop((message) => console.log('announced'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => console.log(signal));
  stop.signal.addEventListener('abort', () => console.log('aborted'));
  console.log('ready');
  // Saves as long as it takes, which is until it is told so.
  process.stdin.on('data', () => { console.log('saved'); stop.dispose(); process.exit(0); });
`;

/** Speaks until it is stopped, and then once more. */
const speaking = `
  import { listenForStop } from ${JSON.stringify(new URL('../dist/stop.js', import.meta.url).href)};
  const stop = listenForStop(() => undefined);
  const timer = setInterval(() => process.stderr.write('line'), 10);
  stop.signal.addEventListener('abort', () => {
    clearInterval(timer);
    process.stderr.write('last line');
    stop.dispose();
    setTimeout(() => process.stdout.write('saved\\n'), 50);
  });
`;

/** Sends one signal after the other, each when the one before has arrived; then lets the program save, if it still can. */
async function send(...signals: readonly NodeJS.Signals[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  let heard = (): void => undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    heard();
  });
  const said = (word: string) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (output.includes(word)) resolve();
      };
      heard();
    });
  const exit = once(child, 'exit');
  await said('ready');
  for (const signal of signals) {
    child.kill(signal);
    await Promise.race([said(signal), exit]);
  }
  child.stdin.on('error', () => undefined);
  child.stdin.write('go\n');
  const [code] = (await exit) as [number | null];
  return { code, output: output.split('\n').filter((line) => line !== '') };
}

describe.skipIf(process.platform === 'win32')('listenForStop (needs signals of POSIX)', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('lets a program save after %s', async (signal) => {
    expect(await send(signal)).toEqual({
      code: 0,
      output: ['ready', 'announced', 'aborted', signal, 'saved'],
    });
  });

  it('does not take for impatience what Nx sends behind a Ctrl-C', async () => {
    const output = ['ready', 'announced', 'aborted', 'SIGINT', 'SIGTERM', 'SIGHUP', 'saved'];
    expect(await send('SIGINT', 'SIGTERM', 'SIGHUP')).toEqual({ code: 0, output });
  });

  it('lets a program save whose output nobody takes any more', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', speaking], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr.destroy();
    const [saved] = (await once(child.stdout, 'data')) as [Buffer];
    expect(saved.toString()).toBe('saved\n');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends at once at the second Ctrl-C', async () => {
    expect(await send('SIGTERM', 'SIGINT')).toEqual({
      code: 130,
      output: ['ready', 'announced', 'aborted', 'SIGTERM'],
    });
  });
});
