import { expect, it } from 'vitest';
import type { Run } from '../run/run-record.js';
import type { QueueEntry } from '../slurm/queue.js';
import { nextWait } from './back-off.js';
import { suspectNodes, verdict, type Evidence } from './step-state.js';

const run = (outcome: Run['outcome'], more: Partial<Run> = {}): Run => ({
  job: '1_0',
  submission: 's',
  node: 'n1',
  startedAt: '2026-01-01T00:00:00.000Z',
  outcome,
  cores: 8,
  memory: 24_576,
  ...more,
});
const queue = (state: string, more: Partial<QueueEntry> = {}): QueueEntry => ({
  job: '1_0',
  state,
  limitLeft: undefined,
  node: undefined,
  reason: undefined,
  name: '',
  ...more,
});
const judged = (evidence: Partial<Evidence>) =>
  verdict({ runs: [], blocked: false, memory: 24_576, ...evidence });

it.each<[string, Partial<Evidence>, string, RegExp | undefined]>([
  ['waits', { queue: queue('PENDING', { reason: 'Resources' }) }, 'waiting', /waits: Resources/],
  ['runs', { queue: queue('RUNNING'), runs: [run('running')] }, 'running', undefined],
  ['is complete', { queue: queue('COMPLETED'), runs: [run('complete')] }, 'complete', undefined],
  [
    'cannot run any more',
    { queue: queue('PENDING', { reason: 'DependencyNeverSatisfied' }), blocked: true },
    'cancelled',
    /needs did not succeed/,
  ],
  [
    'failed',
    { queue: queue('FAILED'), runs: [run('failed', { message: 'failed with exit code 1' })] },
    'failed',
    /exit code 1/,
  ],
  [
    'was killed for its memory, as Slurm says',
    { queue: queue('OUT_OF_MEMORY'), runs: [run('running')] },
    'out of memory',
    /24G of memory were too little: raise "memory"/,
  ],
  [
    'was killed for its memory, as only the record of the job shows',
    { queue: queue('FAILED'), runs: [run('killed', { message: 'raise "memory"' })] },
    'out of memory',
    /raise "memory"/,
  ],
  [
    'lost its node and waits again',
    { queue: queue('PENDING', { reason: 'BeginTime' }), runs: [run('running', { node: 'n2' })] },
    'waiting',
    /n2 failed/,
  ],
  [
    'lost its node and runs again',
    { queue: queue('RUNNING'), runs: [run('running', { node: 'n2' }), run('running')] },
    'running',
    /lost on n2 and resumed/,
  ],
  [
    'lost its node for good',
    { queue: queue('NODE_FAIL', { node: 'n2' }) },
    'node failed',
    /n2 failed.*"slurm.exclude"/,
  ],
  ['was killed at the limit', { queue: queue('TIMEOUT') }, 'time limit', /"slurm.signalSeconds"/],
  [
    'is known to sacct only',
    {
      accounting: {
        job: '1_0',
        state: 'CANCELLED',
        elapsed: 1,
        cpuSeconds: 0,
        peakMemory: undefined,
        node: 'n1',
      },
    },
    'cancelled',
    undefined,
  ],
  ['is known only from its own record', { runs: [run('complete')] }, 'complete', undefined],
  ['vanished', { runs: [run('running', { node: 'n7' })] }, 'unknown', /without a word on n7/],
  ['is not known anywhere', {}, 'unknown', /submit again/],
  ['has a state that is new', { queue: queue('BROODING') }, 'unknown', undefined],
])('a step that %s', (_, evidence, state, note) => {
  const found = judged(evidence);
  expect(found.state).toBe(state);
  if (note !== undefined) expect(found.note).toMatch(note);
});

it('suspects a node on which everything fails while others work', () => {
  const failed = run('failed', { node: 'n2' });
  expect(suspectNodes([failed, failed, run('complete')])).toEqual(['n2']);
  expect(suspectNodes([failed, run('complete')])).toEqual([]);
  expect(suspectNodes([failed, failed])).toEqual([]);
  expect(suspectNodes([failed, failed, run('complete', { node: 'n2' }), run('complete')])).toEqual([]);
});

it('looks less and less often while nothing changes, and soon after a change', () => {
  const waits = [5];
  for (let at = 0; at < 8; at++) waits.push(nextWait(waits[at], false));
  expect(waits.map((wait) => Math.round(wait))).toEqual([5, 8, 11, 17, 25, 38, 57, 60, 60]);
  expect(nextWait(60, true)).toBe(5);
  expect(nextWait(undefined, false)).toBe(5);
});
