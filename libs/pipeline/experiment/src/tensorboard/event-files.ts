import { appendFileSync, mkdirSync } from 'node:fs';
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeSystemError, listFolder } from '@ichor/files';
import { ExperimentError } from '../error.js';
import { encodeEvent, type EventContent, type Summary } from './event.js';
import { frameRecord } from './record.js';

/** As TensorBoard finds them; the number is the time of the start in seconds, by which it orders them. */
const namePattern = /^events\.out\.tfevents\.(\d{10})\.ichor\.(\d{4})$/;

/**
 * Event files of TensorBoard: a folder is a run, and each start of the program writes a file of its own. Events of earlier files
 * for the repeated steps are withdrawn by the first event of the next file, so that TensorBoard shows each step
 * once. Every event is one append, so that a crash can only cut the last one, which readers skip.
 */
export class EventFile {
  readonly path: string;
  /** Whether the folder had earlier files of the run. */
  readonly continues: boolean;

  private constructor(path: string, continues: boolean) {
    this.path = path;
    this.continues = continues;
  }

  /**
   * Begins a file after those that are in the folder.
   *
   * @param step the first that this run writes; earlier files keep what is before it
   * @throws ExperimentError `experiment/events-not-writable`; IchorError `files/not-readable`
   */
  static async begin(folder: string, step: number): Promise<EventFile> {
    const earlier = await eventFiles(folder);
    const last = namePattern.exec(earlier.at(-1) ?? '');
    // Also where the clock was put back.
    const seconds = Math.max(Math.floor(now()), Number(last?.[1] ?? 0));
    const counter = String(earlier.length).padStart(4, '0');
    const name = `events.out.tfevents.${seconds}.ichor.${counter}`;
    const file = new EventFile(join(folder, name), earlier.length > 0);
    file.#write(() => mkdirSync(folder, { recursive: true }));
    file.#append(0, { kind: 'version' });
    if (file.continues) file.#append(step, { kind: 'restart' });
    return file;
  }

  /** Everything of one step is one event. @throws ExperimentError `experiment/events-not-writable` */
  add(step: number, ...summaries: readonly Summary[]): void {
    if (summaries.length > 0) this.#append(step, { kind: 'summaries', summaries });
  }

  #append(step: number, content: EventContent): void {
    const record = frameRecord(encodeEvent(now(), step, content));
    this.#write(() => appendFileSync(this.path, record));
  }

  #write(write: () => void): void {
    try {
      write();
    } catch (cause) {
      throw new ExperimentError({
        code: 'experiment/events-not-writable',
        file: this.path,
        reason: `cannot be written: ${describeSystemError(cause) ?? String(cause)}`,
        remedy: 'make room or the folder writable, or continue without event files: --tensorboard off',
        cause,
      });
    }
  }
}

/** Numbers under tags; what is not a number (an AUC without positives) has no place in a curve and is left out. */
export function scalars(values: Readonly<Record<string, number | null | undefined>>): Summary[] {
  return Object.entries(values).flatMap(([tag, scalar]) =>
    scalar === null || scalar === undefined || Number.isNaN(scalar) ? [] : [{ tag, scalar }],
  );
}

/** Removes the event files of a run, and the folder if nothing else is in it. */
export async function removeEventFiles(folder: string): Promise<void> {
  const all = await listFolder(folder);
  if (all === undefined) return;
  const ours = await eventFiles(folder);
  for (const name of ours) await rm(join(folder, name), { force: true });
  if (ours.length === all.length) await rmdir(folder);
}

/** Their names, in order. */
async function eventFiles(folder: string): Promise<string[]> {
  return ((await listFolder(folder)) ?? []).filter((name) => namePattern.test(name)).sort();
}

/** Seconds since 1970. */
function now(): number {
  return Date.now() / 1000;
}
