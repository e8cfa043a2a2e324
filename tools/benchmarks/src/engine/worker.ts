import { createInterface } from 'node:readline';
import { messageOf } from '@ichor/files';
import { openNetwork, type NetworkSession } from './network-session.js';
import { measureGigaflops } from './peak-session.js';
import { openPrepared, prepare } from './prepared-session.js';
import type { Answer, Request } from './protocol.js';

async function timed(action: () => Promise<void>): Promise<Answer> {
  const start = performance.now();
  const before = process.cpuUsage();
  await action();
  const { user, system } = process.cpuUsage(before);
  return { milliseconds: performance.now() - start, processorMilliseconds: (user + system) / 1000 };
}

let session: NetworkSession | undefined;

async function answer(request: Request): Promise<Answer> {
  switch (request.command) {
    case 'open':
      return timed(async () => {
        session = await openNetwork(request);
      });
    case 'prepare':
      return timed(() => prepare(request));
    case 'open-prepared':
      return timed(async () => {
        session = await openPrepared(request);
      });
    case 'run':
      return timed(async () => session?.run());
    case 'resize':
      session?.resize(request.size);
      return {};
    case 'memory':
      // Kilobytes, from getrusage.
      return { bytes: process.resourceUsage().maxRSS * 1024 };
    case 'peak':
      return { gigaflops: await measureGigaflops(request.threads) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply: Answer;
  try {
    reply = await answer(JSON.parse(line) as Request);
  } catch (error) {
    reply = { error: messageOf(error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
// Native threads of the engine must not keep the process.
process.exit(0);
