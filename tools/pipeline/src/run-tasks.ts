import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { formatDuration, Progress, type Terminal } from '@ichor/cli';
import { IchorError, variables } from '@ichor/files';
import { nxProgram } from './nx-program.js';
import { progressOf, readNxLine } from './nx-output.js';
import { stepOf } from './task-plan.js';

export interface TaskRun {
  readonly workspace: string;
  /** As Nx writes it, e.g. `submission:make:demo`. */
  readonly task: string;
  /** The steps to count. */
  readonly steps: ReadonlySet<string>;
  readonly label: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets everything that Nx and the steps print. */
  readonly logFile: string;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Steps (and builds) that run side by side. */
  readonly parallel: number;
}

export interface TaskRunSummary {
  readonly seconds: number;
  readonly ran: number;
  readonly unchanged: number;
}

const SHOWN_ON_FAILURE = 30;

/**
 * Runs a task of Nx and all that it needs, under one progress display.
 *
 * @throws IchorError `pipeline/failed` with the end of the output of the step that failed
 */
export async function runTasks(run: TaskRun): Promise<TaskRunSummary> {
  const { workspace, task, steps, terminal, logFile, signal } = run;
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
  const child = spawn(
    process.execPath,
    [nxProgram(workspace), 'run', task, '--output-style=stream', `--parallel=${run.parallel}`],
    {
      cwd: workspace,
      // Steps are not on the terminal themselves; their plain lines feed the one bar.
      env: { ...run.env, [variables.progressInterval]: '0.5', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const display = new StepDisplay(progress, steps);
  const recent: string[] = [];
  const follow = async (stream: NodeJS.ReadableStream) => {
    for await (const raw of createInterface({ input: stream })) {
      log.write(`${raw}\n`);
      const event = readNxLine(raw);
      if (event === undefined) continue;
      if (event.kind === 'task') display.begin(event.id, event.cached);
      else if (event.kind === 'done') display.finish(event.id, formatDuration(event.seconds));
      else {
        recent.push(event.text);
        if (recent.length > SHOWN_ON_FAILURE) recent.shift();
        display.show(event.text);
      }
    }
  };
  // Ctrl-C reaches Nx by itself where there is a terminal; without one it is passed on.
  const stop = () => void (process.stdin.isTTY || child.kill('SIGINT'));
  signal.addEventListener('abort', stop);
  const [[code]] = (await Promise.all([once(child, 'exit'), follow(child.stdout), follow(child.stderr)])) as [
    [number | null],
    void,
    void,
  ];
  signal.removeEventListener('abort', stop);
  log.end();
  const summary = display.end();
  if (signal.aborted) throw signal.reason;
  if (code !== 0) {
    throw new IchorError({
      code: 'pipeline/failed',
      file: logFile,
      reason: `${display.running.join(', ') || task} failed:\n  ${recent.join('\n  ')}\n`,
      remedy: 'the same command goes on where it stopped',
    });
  }
  return summary;
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

  finish(id: string, how: string): void {
    this.#running.delete(id);
    if (!this.#steps.has(id) || this.#finished.has(id)) return;
    this.#finished.add(id);
    const place = `${this.#finished.size}/${this.#steps.size}`;
    this.#progress.log(`[${place.padStart(7)}] ${id.padEnd(56)} ${how}`);
    this.#progress.update(this.#finished.size);
  }

  end(): TaskRunSummary {
    this.#progress.finish(false);
    const ran = this.#finished.size - this.#unchanged;
    return { seconds: this.#progress.elapsed, ran, unchanged: this.#unchanged };
  }
}
