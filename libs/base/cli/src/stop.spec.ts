import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

const program = `
  import { listenForStop } from ${JSON.stringify(new URL('../dist/stop.js', import.meta.url).href)};
  const stop = listenForStop((message) => console.log('announced'));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => console.log(signal));
  stop.signal.addEventListener('abort', () => console.log('aborted'));
  console.log('ready');
  // Saving lasts until the test ends it.
  process.stdin.on('data', () => { console.log('saved'); stop.dispose(); process.exit(0); });
`;

/** Prints until it is stopped, and then once more. */
const speaking = `
  import { listenForStop } from ${JSON.stringify(new URL('../dist/stop.js', import.meta.url).href)};
  const stop = listenForStop(() => undefined);
  const timer = setInterval(() => process.stderr.write('line'), 10);
  stop.signal.addEventListener('abort', () => {
    clearInterval(timer);
    process.stderr.write('last line');
    process.stdout.write('saving\\n');
    setTimeout(() => { stop.dispose(); process.stdout.write('saved\\n'); }, 300);
  });
`;

/** Sends the signals in turn, each after the previous one has arrived; then lets the program save, if it still runs. */
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
  const said = (word: string, times = 1) =>
    new Promise<void>((resolve) => {
      heard = () => {
        if (output.split(word).length > times) resolve();
      };
      heard();
    });
  const exit = once(child, 'exit');
  await said('ready');
  for (const [index, signal] of signals.entries()) {
    child.kill(signal);
    const times = signals.slice(0, index + 1).filter((one) => one === signal).length;
    await Promise.race([said(signal, times), exit]);
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

  it('does not end at once on the signals that Nx sends after a Ctrl-C', async () => {
    const output = ['ready', 'announced', 'aborted', 'SIGINT', 'SIGTERM', 'SIGHUP', 'saved'];
    expect(await send('SIGINT', 'SIGTERM', 'SIGHUP')).toEqual({ code: 0, output });
  });

  it('lets a program save when nobody reads its output any more', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', speaking], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stderr.destroy();
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).toBe('saving\nsaved\n');
  });

  it('lets a program save that sees the end of its terminal before the Ctrl-C that ended it', async () => {
    // A program in the middle of a step handles no events: afterwards all of them arrive at once, in this order.
    const child = spawn(process.execPath, ['--input-type=module', '-e', speaking], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await once(child.stderr, 'data');
    child.stderr.destroy();
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('ends at once at the second Ctrl-C', async () => {
    expect(await send('SIGINT', 'SIGTERM', 'SIGINT')).toEqual({
      code: 130,
      output: ['ready', 'announced', 'aborted', 'SIGINT', 'SIGTERM'],
    });
    // The first signal was not a Ctrl-C.
    expect(await send('SIGTERM', 'SIGINT')).toMatchObject({ code: 0 });
  });
});
