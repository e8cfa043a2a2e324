import { readTextFile, writeFileAtomic } from '@ichor/files';
import { appendFileSync } from 'node:fs';
import { writing } from '../not-writable.js';

/** Where in a training a record belongs; a validated epoch has no step. */
interface Place {
  readonly epoch: number;
  readonly step?: number;
}

/** One JSON object a line: every step and every validated epoch, each once, also after interruptions. */
export class MetricsLog {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Removes the lines of an interrupted run after the position from which this run resumes. */
  async cutBack(epoch: number, step: number): Promise<void> {
    const text = (await readTextFile(this.#path)) ?? '';
    const kept = text.split('\n').filter((line) => {
      const place = placeOf(line);
      if (place === undefined) return false;
      return place.epoch < epoch || (place.epoch === epoch && place.step !== undefined && place.step < step);
    });
    await writeFileAtomic(this.#path, kept.map((line) => `${line}\n`).join(''));
  }

  append(record: Place & Readonly<Record<string, unknown>>): Promise<void> {
    return writing(this.#path, () => {
      appendFileSync(this.#path, `${JSON.stringify(record)}\n`);
      return Promise.resolve();
    });
  }
}

/** Undefined for a line that a crash cut short. */
function placeOf(line: string): Place | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null || !('epoch' in value)) return undefined;
    const step = 'step' in value && typeof value.step === 'number' ? { step: value.step } : {};
    return typeof value.epoch === 'number' ? { epoch: value.epoch, ...step } : undefined;
  } catch {
    return undefined;
  }
}
