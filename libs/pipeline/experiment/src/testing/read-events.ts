import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BinaryReader } from '@bufbuild/protobuf/wire';

/** The values of a tag: `step value` for scalars, `step` alone for everything else. */
export type Curves = Readonly<Record<string, readonly string[]>>;

/**
 * What TensorBoard shows of a run, for tests: all files of a folder in order, without what a later file withdrew, without a
 * last record that was cut. The test script compares it with what the tensorboard package reads.
 */
export async function readCurves(folder: string): Promise<Curves> {
  const curves: Record<string, { step: number; text: string }[]> = {};
  for (const name of (await readdir(folder)).filter((file) => file.startsWith('events.')).sort()) {
    for (const record of recordsOf(await readFile(join(folder, name)))) {
      const { step, restart, values } = eventOf(record);
      if (restart) {
        for (const [tag, all] of Object.entries(curves)) curves[tag] = all.filter((one) => one.step < step);
      }
      for (const { tag, scalar } of values) {
        (curves[tag] ??= []).push({
          step,
          text: scalar === undefined ? `${step}` : `${step} ${scalar.toPrecision(5)}`,
        });
      }
    }
  }
  return Object.fromEntries(
    Object.entries(curves).map(([tag, values]) => [tag, values.map(({ text }) => text)]),
  );
}

function* recordsOf(bytes: Buffer): Generator<Uint8Array> {
  for (let at = 0; at + 12 <= bytes.length;) {
    const end = at + 12 + Number(bytes.readBigUInt64LE(at));
    if (end + 4 > bytes.length) return;
    yield bytes.subarray(at + 12, end);
    at = end + 4;
  }
}

interface ReadEvent {
  step: number;
  restart: boolean;
  readonly values: { readonly tag: string; readonly scalar: number | undefined }[];
}

function eventOf(record: Uint8Array): ReadEvent {
  const event: ReadEvent = { step: 0, restart: false, values: [] };
  for (const [field, reader] of fieldsOf(record)) {
    if (field === 2) event.step = Number(reader.int64());
    else if (field === 7) {
      event.restart = true;
      reader.bytes();
    } else if (field === 5) {
      for (const [, summary] of fieldsOf(reader.bytes())) event.values.push(valueOf(summary.bytes()));
    }
  }
  return event;
}

function valueOf(bytes: Uint8Array): ReadEvent['values'][number] {
  let tag = '';
  let scalar: number | undefined;
  for (const [field, reader] of fieldsOf(bytes)) {
    if (field === 1) tag = reader.string();
    else if (field === 2) scalar = reader.float();
  }
  return { tag, scalar };
}

/** The fields of a message; a field that the caller does not read is skipped. */
function* fieldsOf(bytes: Uint8Array): Generator<readonly [field: number, reader: BinaryReader]> {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const before = reader.pos;
    yield [field, reader];
    if (reader.pos === before) reader.skip(type);
  }
}
