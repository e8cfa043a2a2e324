import { IchorError, messageOf } from '@ichor/files';
import { createEngine } from '../create-engine.js';
import { candidates } from './candidates.js';
import type { Finding } from './diagnose.js';
import { selfTest } from './self-test.js';
import { measureSpeed } from './speed.js';

/** Tries one candidate in a separate process, because a broken driver may end the process. Prints a {@link Finding}. */
const [engineName, providerName, operatorsName] = process.argv.slice(2);
const candidate = candidates.find(
  ({ engine, provider, operators }) =>
    engine === engineName && provider === providerName && operators === operatorsName,
);

async function find(): Promise<Finding> {
  if (candidate === undefined) return { works: false, reason: 'there is no such engine or provider' };
  try {
    const { provider, operators } = candidate;
    const engine = await createEngine(candidate.engine, { provider, operators });
    const failure = await selfTest(engine);
    if (failure !== undefined) return { works: false, reason: failure };
    return { works: true, speed: await measureSpeed(engine) };
  } catch (error) {
    return { works: false, reason: reasonOf(error) };
  }
}

/** One line; the doctor adds the remedy. */
function reasonOf(error: unknown): string {
  if (error instanceof IchorError) return error.reason.replaceAll(/\s+/g, ' ').trim();
  return messageOf(error);
}

process.stdout.write(`${JSON.stringify(await find())}\n`);
// Threads of native libraries must not keep the process.
process.exit(0);
