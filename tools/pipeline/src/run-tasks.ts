import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatDuration, Progress, type Terminal } from '@ichor/cli';
import { IchorError, variables } from '@ichor/files';
import { causeOf } from './cause.js';
import { runChild } from './child.js';
import { nxProgram } from './nx-program.js';
import { progressOf, readNxLine } from './nx-output.js';
import { nameOf, nxArguments, type Request } from './request.js';
import { stepOf } from './task-plan.js';

export interface TaskRun {
  readonly workspace: string;
  readonly request: Request;
  /** The steps to count. */
  readonly steps: ReadonlySet<string>;
  readonly label: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets everything that Nx and the steps print. */
  readonly logFile: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Steps (and builds) that run in parallel. */
  readonly parallel: number;
}

export interface TaskRunSummary {
  readonly seconds: number;
  readonly ran: number;
  readonly unchanged: number;
}

/** Lines of a step that are shown when it fails. */
const SHOWN_ON_FAILURE = 30;

/**
 * Runs the requested steps and their dependencies with one progress display. A failed step is shown at once;
 * steps that do not depend on it continue.
 *
 * @throws IchorError `pipeline/failed` with the cause, and the reason of the signal when it was stopped
 */
export async function runTasks(run: TaskRun): Promise<TaskRunSummary> {
  const { workspace, request, steps, terminal, logFile, signal } = run;
  signal.throwIfAborted();
  await mkdir(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const progress = new Progress({
    label: run.label,
    total: steps.size,
    unit: 'steps',
    terminal,
    // Each step leaves a line; without a terminal more is noise.
    plainInterval: 20,
  });
  const display = new StepDisplay(progress, steps);
  const recent = new RecentLines();
  const failures: string[] = [];
  let code: number;
  try {
    code = await runChild(
      [nxProgram(workspace), ...nxArguments(request), '--output-style=stream', `--parallel=${run.parallel}`],
      {
        cwd: workspace,
        // Steps are not on the terminal themselves; their plain lines feed the one bar.
        env: { ...run.env, [variables.progressInterval]: '0.5', FORCE_COLOR: '0' },
        signal,
        onLine: (raw) => {
          log.write(`${raw}\n`);
          const event = readNxLine(raw);
          if (event === undefined) return;
          if (event.kind === 'task') display.begin(event.id, event.cached);
          else if (event.kind === 'done') display.finish(event.id, formatDuration(event.seconds));
          else if (event.kind === 'failed') {
            const lines = recent.of(event.id);
            failures.push(`${event.id} failed: ${causeOf(lines) ?? `exit code ${event.exitCode}`}`);
            display.fail(event.id, lines);
          } else {
            recent.add(event.text);
            display.show(event.text);
          }
        },
      },
    );
  } finally {
    log.end();
    display.end();
  }
  if (code === 0) return display.summary();
  const [
    first = `${display.running.join(', ') || nameOf(request)} failed: ${causeOf(recent.all()) ?? `exit code ${code}`}`,
  ] = failures;
  const others = failures.length > 1 ? ` (and ${failures.length - 1} more steps, shown above)` : '';
  terminal.print(`Everything that was printed: ${logFile}. The same command resumes where it stopped.`);
  throw new IchorError({ code: 'pipeline/failed', reason: `${first}${others}` });
}

/** The last lines of each project, and of all; Nx puts the project before each line of a task. */
class RecentLines {
  readonly #byProject = new Map<string, string[]>();
  readonly #all: string[] = [];

  add(text: string): void {
    const [, project, rest] = /^([\w-]+): (.*)$/.exec(text) ?? [];
    keep(this.#all, text);
    if (project === undefined || rest === undefined) return;
    const lines = this.#byProject.get(project) ?? [];
    this.#byProject.set(project, lines);
    keep(lines, rest);
  }

  /** Of the project of a step; all lines where the step runs alone and without a prefix. */
  of(id: string): readonly string[] {
    return this.#byProject.get(id.split(':')[0] ?? '') ?? this.#all;
  }

  all(): readonly string[] {
    return this.#all;
  }
}

function keep(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > SHOWN_ON_FAILURE) lines.shift();
}

/** The steps as they come up: one bar on a terminal, one line a step elsewhere. */
class StepDisplay {
  readonly #progress: Progress;
  readonly #steps: ReadonlySet<string>;
  readonly #finished = new Set<string>();
  readonly #running = new Set<string>();
  #unchanged = 0;

  constructor(progress: Progress, steps: ReadonlySet<string>) {
    this.#progress = progress;
    this.#steps = steps;
  }

  /** Steps that began and did not end. */
  get running(): readonly string[] {
    return [...this.#running];
  }

  begin(taskId: string, cached: boolean): void {
    const id = stepOf(taskId);
    if (this.#steps.has(id) && cached) {
      if (this.#finished.has(id)) return;
      this.#unchanged++;
      this.finish(id, 'unchanged');
      return;
    }
    if (this.#steps.has(id)) this.#running.add(id);
    this.#progress.detail(id);
  }

  /** What a step says of its progress. */
  show(text: string): void {
    const progress = progressOf(text);
    if (progress !== undefined) this.#progress.detail(progress);
  }

  /** Shows what a step printed last. */
  fail(id: string, lines: readonly string[]): void {
    this.#running.delete(id);
    this.#progress.log([`[ failed] ${id}`, ...lines.map((line) => `    ${line}`)].join('\n'));
  }

  finish(id: string, how: string): void {
    this.#running.delete(id);
    if (!this.#steps.has(id) || this.#finished.has(id)) return;
    this.#finished.add(id);
    const place = `${this.#finished.size}/${this.#steps.size}`;
    this.#progress.log(`[${place.padStart(7)}] ${id.padEnd(56)} ${how}`);
    this.#progress.update(this.#finished.size);
  }

  end(): void {
    this.#progress.finish(false);
  }

  summary(): TaskRunSummary {
    const ran = this.#finished.size - this.#unchanged;
    return { seconds: this.#progress.elapsed, ran, unchanged: this.#unchanged };
  }
}
