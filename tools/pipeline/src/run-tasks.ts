import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { formatDuration, Progress, type Terminal } from '@ichor/cli';
import { IchorError } from '@ichor/files';
import { nxProgram } from './nx-program.js';
import { readNxLine, withoutPrefix } from './nx-output.js';
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
    [nxProgram(workspace), 'run', task, '--output-style=stream', '--parallel=2'],
    {
      cwd: workspace,
      // Steps are not on the terminal themselves; their plain lines feed the one bar.
      env: { ...run.env, ICHOR_PROGRESS_INTERVAL: '0.5', FORCE_COLOR: '0' },
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
  const summary = display.end(code === 0);
  if (signal.aborted) throw signal.reason;
  if (code !== 0) {
    throw new IchorError({
      code: 'pipeline/failed',
      file: logFile,
      reason: `${display.current ?? task} failed:\n  ${recent.join('\n  ')}\n`,
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
  #ran = 0;
  #unchanged = 0;
  #current: { readonly id: string; readonly since: number } | undefined;

  constructor(progress: Progress, steps: ReadonlySet<string>) {
    this.#progress = progress;
    this.#steps = steps;
  }

  get current(): string | undefined {
    return this.#current?.id;
  }

  begin(taskId: string, cached: boolean): void {
    const id = stepOf(taskId);
    if (!this.#steps.has(id)) {
      this.#progress.detail(id);
      return;
    }
    this.#finishCurrent();
    if (cached) this.#count(id, 'unchanged');
    else {
      this.#current = { id, since: this.#progress.elapsed };
      this.#progress.detail(id);
    }
  }

  show(text: string): void {
    if (this.#current !== undefined && / %  /.test(text)) {
      this.#progress.detail(withoutPrefix(text, this.#current.id));
    }
  }

  end(good: boolean): TaskRunSummary {
    if (good) this.#finishCurrent();
    this.#progress.finish(false);
    return { seconds: this.#progress.elapsed, ran: this.#ran, unchanged: this.#unchanged };
  }

  #finishCurrent(): void {
    if (this.#current === undefined) return;
    const { id, since } = this.#current;
    this.#current = undefined;
    this.#ran++;
    this.#count(id, formatDuration(this.#progress.elapsed - since));
  }

  #count(id: string, how: string): void {
    if (this.#finished.has(id)) return;
    this.#finished.add(id);
    if (how === 'unchanged') this.#unchanged++;
    const place = `${this.#finished.size}/${this.#steps.size}`;
    this.#progress.log(`[${place.padStart(7)}] ${id.padEnd(56)} ${how}`);
    this.#progress.update(this.#finished.size);
  }
}
