import type { PodState } from '../kubernetes/status.js';
import type { Run } from '../run/run-record.js';
import { formatMemory } from '../settings/quantities.js';
import type { AccountingEntry } from '../slurm/accounting.js';
import type { QueueEntry } from '../slurm/queue.js';

export type State =
  | 'waiting'
  | 'running'
  | 'complete'
  | 'failed'
  | 'out of memory'
  | 'node failed'
  | 'time limit'
  | 'cancelled'
  /** The scheduler does not know it any more, and it left no record. */
  | 'unknown';

/** What is known of a step, from the scheduler and from the record of the step itself. */
export interface Evidence {
  readonly queue?: QueueEntry | undefined;
  readonly accounting?: AccountingEntry | undefined;
  /** Why sacct could not be asked about a job that squeue has forgotten. */
  readonly accountingFailure?: string | undefined;
  readonly pod?: PodState | undefined;
  /** Tries of the newest submission, the newest last. */
  readonly runs: readonly Run[];
  /** A step that it needs can never be complete. */
  readonly blocked: boolean;
  /** Mebibytes that it was given at first. */
  readonly memory: number;
}

export interface Verdict {
  readonly state: State;
  /** What happened, and what to change. */
  readonly note: string | undefined;
}

/** States of Slurm, as squeue and sacct write them. Others are `unknown`. */
const slurmStates: Readonly<Record<string, State>> = {
  PENDING: 'waiting',
  CONFIGURING: 'waiting',
  REQUEUED: 'waiting',
  REQUEUE_HOLD: 'waiting',
  REQUEUE_FED: 'waiting',
  RESV_DEL_HOLD: 'waiting',
  SPECIAL_EXIT: 'waiting',
  RUNNING: 'running',
  COMPLETING: 'running',
  SUSPENDED: 'running',
  STOPPED: 'running',
  SIGNALING: 'running',
  STAGE_OUT: 'running',
  RESIZING: 'running',
  COMPLETED: 'complete',
  FAILED: 'failed',
  BOOT_FAIL: 'node failed',
  NODE_FAIL: 'node failed',
  OUT_OF_MEMORY: 'out of memory',
  TIMEOUT: 'time limit',
  DEADLINE: 'time limit',
  CANCELLED: 'cancelled',
  PREEMPTED: 'cancelled',
  REVOKED: 'cancelled',
};

const podStates: Readonly<Record<PodState['state'], State>> = {
  waiting: 'waiting',
  running: 'running',
  complete: 'complete',
  failed: 'failed',
  'out-of-memory': 'out of memory',
  cancelled: 'cancelled',
};

const runStates: Readonly<Record<Run['outcome'], State>> = {
  complete: 'complete',
  failed: 'failed',
  killed: 'out of memory',
  stopped: 'cancelled',
  // It went back into the queue, and the queue does not know it: cancelled there.
  requeued: 'cancelled',
  running: 'unknown',
};

/** The state of a step. The scheduler is asked first; if it has forgotten the job, the record of the step counts. */
export function verdict(evidence: Evidence): Verdict {
  const state = stateOf(evidence);
  return { state, note: noteOf(state, evidence) };
}

function stateOf({ queue, accounting, accountingFailure, pod, runs, blocked }: Evidence): State {
  const last = runs.at(-1);
  const scheduler = queue?.state ?? accounting?.state;
  const state =
    pod === undefined
      ? scheduler === undefined
        ? undefined
        : (slurmStates[scheduler] ?? 'unknown')
      : podStates[pod.state];
  // Slurm without control groups reports a kill for memory as an ordinary failure.
  if (state === 'failed' && last?.outcome === 'killed') return 'out of memory';
  if (state === 'waiting' && queue?.reason === 'DependencyNeverSatisfied') return 'cancelled';
  if (state !== undefined) return state;
  // What became of it afterwards only sacct knows.
  if (accountingFailure !== undefined && (last === undefined || last.outcome === 'requeued'))
    return 'unknown';
  if (last !== undefined) return runStates[last.outcome];
  return blocked ? 'cancelled' : 'unknown';
}

function noteOf(
  state: State,
  { queue, accountingFailure, pod, runs, blocked, memory }: Evidence,
): string | undefined {
  const last = runs.at(-1);
  const node = queue?.node ?? pod?.node ?? last?.node ?? 'its node';
  switch (state) {
    case 'out of memory':
      return last?.outcome === 'killed' && last.message !== undefined
        ? last.message
        : `${formatMemory(last?.memory ?? memory)} of memory were too little: raise "memory" in cluster.json, or set "escalateMemory"`;
    case 'node failed':
      return `${node} failed: the step goes on when it is submitted again; if that node fails often, add it to "slurm.exclude" in cluster.json`;
    case 'time limit':
      return 'was killed at the time limit before it had saved: raise "slurm.signalSeconds" or "time" in cluster.json';
    case 'cancelled':
      return blocked ? 'a step that it needs did not succeed' : last?.message;
    case 'failed':
      return last?.message ?? pod?.reason;
    case 'waiting':
      return waitingNote(queue?.reason ?? pod?.reason, runs);
    case 'unknown':
      if (accountingFailure !== undefined) return accountingFailure;
      return last === undefined
        ? 'the scheduler does not know it any more: submit again'
        : `ended without a word on ${last.node}: its node may have failed; submit again`;
    default:
      return lostBefore(runs);
  }
}

function waitingNote(reason: string | undefined, runs: readonly Run[]): string | undefined {
  const last = runs.at(-1);
  if (last?.outcome === 'running')
    return `${last.node} failed or was taken away; goes on from its last checkpoint`;
  if (last?.outcome === 'killed' || last?.outcome === 'requeued') return last.message;
  return reason === undefined ? undefined : `waits: ${reason}`;
}

/** Tries that ended without a record. */
function lostBefore(runs: readonly Run[]): string | undefined {
  const lost = runs.slice(0, -1).filter(({ outcome }) => outcome === 'running');
  return lost.length === 0
    ? undefined
    : `was lost on ${[...new Set(lost.map(({ node }) => node))].join(', ')} and resumed`;
}

/**
 * Nodes on which only failures were seen, at least two, while the same kind of work succeeded elsewhere.
 *
 * @param runs of all steps
 */
export function suspectNodes(runs: readonly Run[]): string[] {
  const good = new Set(
    runs.filter(({ outcome }) => outcome === 'complete' || outcome === 'requeued').map(({ node }) => node),
  );
  if (good.size === 0) return [];
  const bad = new Map<string, number>();
  for (const { node, outcome } of runs) {
    if (outcome === 'failed' && !good.has(node)) bad.set(node, (bad.get(node) ?? 0) + 1);
  }
  return [...bad].filter(([, count]) => count >= 2).map(([node]) => node);
}
