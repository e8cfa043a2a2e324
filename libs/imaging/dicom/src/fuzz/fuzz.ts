/**
 * `node libs/imaging/dicom/dist/fuzz/fuzz.js [--cases 100000] [--seed 1]`: reads mutated files and prints the results.
 *
 * The cases run in a worker thread, so that a case that hangs is found and named. The exit code is 1 on a hang or an
 * untyped error.
 */
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { runFuzz, type FuzzReport } from './cases.js';

interface Job {
  readonly seed: number;
  readonly cases: number;
  /** Index of the case in progress, for the watchdog. */
  readonly current: SharedArrayBuffer;
}

const HANGS_AFTER_SECONDS = 20;

if (isMainThread) await watch();
else await work(workerData);

async function work({ seed, cases, current }: Job): Promise<void> {
  const progress = new Int32Array(current);
  const report = await runFuzz({
    seed,
    first: 0,
    cases,
    before: (_, index) => {
      Atomics.store(progress, 0, index);
    },
  });
  parentPort?.postMessage(report);
}

async function watch(): Promise<void> {
  const { values } = parseArgs({
    options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
  });
  const job: Job = {
    seed: Number(values.seed),
    cases: Number(values.cases),
    current: new SharedArrayBuffer(4),
  };
  const progress = new Int32Array(job.current);
  const start = performance.now();
  let last = { index: -1, since: start };
  const worker = new Worker(new URL(import.meta.url), { workerData: job });
  const watchdog = setInterval(() => {
    const index = Atomics.load(progress, 0);
    const now = performance.now();
    if (index !== last.index) last = { index, since: now };
    if (now - last.since > HANGS_AFTER_SECONDS * 1000) {
      process.stdout.write(`case ${index} of seed ${job.seed} hangs\n`);
      process.exit(1);
    }
  }, 1000);
  const report = await new Promise<FuzzReport>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  clearInterval(watchdog);
  process.stdout.write(describeReport(report, (performance.now() - start) / 1000));
  process.exitCode = report.untyped.length === 0 ? 0 : 1;
}

function describeReport(report: FuzzReport, seconds: number): string {
  const outcomes = Object.entries(report.outcomes).sort(([, a], [, b]) => b - a);
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  return [
    `${report.cases} cases in ${seconds.toFixed(1)} s`,
    ...outcomes.map(([outcome, count]) => `  ${outcome.padEnd(24)} ${count}`),
    `longest: ${report.slowest.milliseconds.toFixed(0)} ms (${report.slowest.name})`,
    `largest memory of the process: ${mebibytes(report.peakMemory)} (${mebibytes(report.startMemory)} at the start)`,
    ...report.untyped.map((text) => `UNTYPED ${text}`),
    '',
  ].join('\n');
}
