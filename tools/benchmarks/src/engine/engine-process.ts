import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { IchorError } from '@ichor/files';
import type { Answer, Request } from './protocol.js';

/** One of the two processes of the benchmark. Each side has its own process, so that memory is measured separately. */
export class EngineProcess {
  readonly #name: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterableIterator<string>;

  private constructor(name: string, command: string, args: readonly string[]) {
    this.#name = name;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    // A process that cannot start ends its output, which `ask` reports.
    this.#child.on('error', () => undefined);
    this.#child.stdin.on('error', () => undefined);
  }

  static ichor(): EngineProcess {
    return new EngineProcess('Ichor', process.execPath, [
      fileURLToPath(new URL('../../dist/engine/worker.js', import.meta.url)),
    ]);
  }

  static peer(): EngineProcess {
    const script = fileURLToPath(new URL('../../peers/engine.py', import.meta.url));
    return new EngineProcess('Python', pythonWithTorch(), ['-u', script]);
  }

  /**
   * @param limit seconds after which the process is ended
   * @throws IchorError `benchmarks/engine-process` when the process has ended or answers with an error, `benchmarks/time-limit`
   */
  async ask(request: Request, limit?: number): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const timer =
      limit === undefined ? undefined : setTimeout(() => this.#child.kill('SIGKILL'), 1000 * limit);
    const { value, done } = await this.#lines.next();
    clearTimeout(timer);
    if (done === true && this.#child.killed) {
      throw new IchorError({
        code: 'benchmarks/time-limit',
        reason: `${this.#name}: ${request.command} has no result after ${limit} s`,
        remedy: 'give more time by --limit SECONDS',
      });
    }
    const answer = done === true ? { error: 'the process has ended' } : (JSON.parse(value) as Answer);
    if (answer.error !== undefined) {
      throw new IchorError({
        code: 'benchmarks/engine-process',
        reason: `${this.#name}: ${request.command} failed: ${answer.error}`,
        remedy: 'set PYTHON to an interpreter that has torch and torchvision (and openvino, for inference)',
      });
    }
    return answer;
  }

  async milliseconds(request: Request, limit?: number): Promise<number> {
    return (await this.ask(request, limit)).milliseconds ?? NaN;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    await ended;
  }
}

/** `$PYTHON`, else the first interpreter with torch: the one on the path or the system's. */
function pythonWithTorch(): string {
  const chosen = process.env['PYTHON'];
  if (chosen !== undefined) return chosen;
  const candidates = ['python3', '/usr/bin/python3'];
  const found = candidates.find(
    (python) => spawnSync(python, ['-c', 'import torch, torchvision'], { stdio: 'ignore' }).status === 0,
  );
  if (found !== undefined) return found;
  throw new IchorError({
    code: 'benchmarks/python',
    reason: `none of ${candidates.join(', ')} has torch and torchvision`,
    remedy: 'set PYTHON to an interpreter that has them',
  });
}
