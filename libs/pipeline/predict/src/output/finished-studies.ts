import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { listFolder, readTextFile } from '@ichor/files';
import { studyRecordSchema, type StudyRecord } from './study-record.js';

interface Finished {
  readonly name: string;
  readonly key: string;
  readonly studyInstanceUid: string;
}

const folderName = /^study-\d{4,}$/;

/** The studies that an earlier run of the same command finished in a folder; one line per study is kept in memory. */
export class FinishedStudies {
  readonly #folder: string;
  readonly #unclaimed: Map<string, Finished>;
  readonly #names: Set<string>;

  private constructor(folder: string, finished: readonly Finished[]) {
    this.#folder = folder;
    this.#unclaimed = new Map(finished.map((one) => [one.name, one]));
    this.#names = new Set(this.#unclaimed.keys());
  }

  /** Reads the finished studies, and removes folders of unfinished ones. */
  static async read(folder: string): Promise<FinishedStudies> {
    const finished: Finished[] = [];
    for (const name of ((await listFolder(folder)) ?? []).filter((one) => folderName.test(one)).sort()) {
      const record = await readRecord(join(folder, name));
      if (record)
        finished.push({
          name,
          key: keyOf(record.bundleHash, record.inputs),
          studyInstanceUid: record.studyInstanceUid,
        });
      else await rm(join(folder, name), { recursive: true, force: true });
    }
    return new FinishedStudies(folder, finished);
  }

  /** The prediction of the same inputs by the same bundle, if there is one. It is returned only once. */
  async take(
    bundleHash: string,
    inputs: string,
  ): Promise<{ readonly name: string; readonly record: StudyRecord } | undefined> {
    const key = keyOf(bundleHash, inputs);
    for (const one of this.#unclaimed.values()) {
      if (one.key !== key) continue;
      this.#unclaimed.delete(one.name);
      const record = await readRecord(join(this.#folder, one.name));
      if (record) return { name: one.name, record };
    }
    return undefined;
  }

  /** The name of a folder for a study that is predicted now; the outdated prediction of the same study is removed. */
  async nameFor(studyInstanceUid: string): Promise<string> {
    const outdated = [...this.#unclaimed.values()].find((one) => one.studyInstanceUid === studyInstanceUid);
    if (outdated) {
      this.#unclaimed.delete(outdated.name);
      await rm(join(this.#folder, outdated.name), { recursive: true, force: true });
      return outdated.name;
    }
    for (let number = this.#names.size + 1; ; number++) {
      const name = nameOf(number);
      if (this.#names.has(name)) continue;
      this.#names.add(name);
      return name;
    }
  }

  /** Releases a name whose folder is empty. */
  free(name: string): void {
    this.#names.delete(name);
  }

  /** Folders of studies that are not in this run: its tables do not hold them. */
  get unclaimed(): readonly string[] {
    return [...this.#unclaimed.keys()];
  }
}

const nameOf = (number: number) => `study-${String(number).padStart(4, '0')}`;
const keyOf = (bundleHash: string, inputs: string) => `${bundleHash} ${inputs}`;

/** `prediction.json` is written last: if it is complete, the study is complete. */
async function readRecord(folder: string): Promise<StudyRecord | undefined> {
  const text = await readTextFile(join(folder, 'prediction.json'));
  if (text === undefined) return undefined;
  try {
    return studyRecordSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
