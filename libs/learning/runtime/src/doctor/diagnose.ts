import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Candidate } from './candidates.js';
import type { Speed } from './speed.js';

/** What became of one engine and provider on this machine. */
export type Finding =
  { readonly works: true; readonly speed: Speed } | { readonly works: false; readonly reason: string };

export type Diagnosis = Pick<Candidate, 'engine' | 'provider' | 'operators' | 'remedy'> & Finding;

const run = promisify(execFile);
/** A software device may need long; a driver that hangs must not. */
const TIMEOUT_MILLISECONDS = 180_000;

/** Tries a candidate: creates the engine, compares its numbers with known ones, measures its speed. */
export async function diagnose({
  engine,
  provider,
  operators,
  platforms,
  remedy,
}: Candidate): Promise<Diagnosis> {
  const about = { engine, provider, operators, remedy };
  if (!platforms.includes(process.platform)) {
    return { ...about, works: false, reason: `not on ${process.platform}` };
  }
  const probe = fileURLToPath(new URL('../../dist/doctor/probe.js', import.meta.url));
  try {
    const { stdout } = await run(process.execPath, [probe, engine, provider, operators], {
      timeout: TIMEOUT_MILLISECONDS,
      killSignal: 'SIGKILL',
    });
    const finding = lastFinding(stdout);
    return { ...about, ...(finding ?? { works: false, reason: 'its process ended without a result' }) };
  } catch (error) {
    return { ...about, works: false, reason: endOf(error) };
  }
}

/** Native libraries may print before it. */
function lastFinding(stdout: string): Finding | undefined {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  return line.startsWith('{"works":') ? (JSON.parse(line) as Finding) : undefined;
}

function endOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('killed' in error && error.killed === true) {
    return `no answer within ${TIMEOUT_MILLISECONDS / 1000} seconds`;
  }
  if ('signal' in error && typeof error.signal === 'string') return `its process died of ${error.signal}`;
  return error.message.split('\n')[0] ?? '';
}
