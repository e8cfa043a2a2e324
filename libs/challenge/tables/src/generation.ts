import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isThere, readTextFile, taskCommand } from '@ichor/files';
import { TableError } from './error.js';
import type { Layout, PreprocessedName } from './layout.js';
import { readTable, type ReadOptions, type Table } from './reader.js';
import type { TableSchema } from './schema.js';

/** The bytes of a table. */
export interface TableContent {
  readonly bytes: number;
  readonly sha256: string;
}

/** State of the images of a set when they were read. */
export interface ImageContent {
  readonly files: number;
  /** Names, sizes and times of the files; see `fingerprintFolder` of `@ichor/cli`. */
  readonly look: string;
  /** Hash of the bytes of every file that could be read. */
  readonly content: string;
}

/** The result of one run of preprocessing: tables that belong together, and their inputs. */
export interface Generation {
  readonly tables: Readonly<Partial<Record<PreprocessedName, TableContent>>>;
  readonly images: { readonly train: ImageContent; readonly test: ImageContent };
}

/** The text of a generation's record. */
export function generationText({ tables, images }: Generation): string {
  const content = { format: 'ichor-generation', version: 1, tables, images };
  return `${JSON.stringify(content, null, 1)}\n`;
}

/**
 * The record of the existing tables; undefined where no preprocessing has made any.
 *
 * @throws TableError `tables/other-generation` when preprocessing has run, but its record is missing
 */
export async function readGeneration(layout: Layout): Promise<Generation | undefined> {
  const path = layout.generation;
  const text = await readTextFile(path);
  if (text === undefined) {
    if (await isThere(join(layout.preprocessedFolder, 'manifest.json')))
      throw otherGeneration(
        path,
        'is missing: an earlier version made these tables, or a run that did not end',
      );
    return undefined;
  }
  const generation = parsed(text);
  if (generation === undefined) throw otherGeneration(path, 'is not a record of preprocessed tables');
  return generation;
}

/**
 * Reads a table of preprocessing and checks that the recorded run made it: tables of two runs may have different
 * folds, labels or slices.
 *
 * @throws TableError as `readTable`, and `tables/other-generation`
 */
export async function readPreprocessed<
  S extends TableSchema,
  K extends keyof S['columns'] & string = keyof S['columns'] & string,
>(layout: Layout, name: PreprocessedName, schema: S, options: ReadOptions<K> = {}): Promise<Table<S, K>> {
  const path = layout.preprocessed(name);
  // Damaged bytes are reported as damaged, for any run.
  const table = await readTable(path, schema, options);
  const expected = (await readGeneration(layout))?.tables[name];
  if (expected !== undefined) {
    const { bytes, sha256 } = await tableContent(path);
    if (bytes !== expected.bytes || sha256 !== expected.sha256)
      throw otherGeneration(path, `is not the table that ${basename(layout.generation)} in its folder names`);
  }
  return table;
}

/** Length and hash of a table's file. */
export async function tableContent(path: string): Promise<TableContent> {
  const digest = createHash('sha256');
  const { size } = await stat(path);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), digest);
  return { bytes: size, sha256: digest.digest('hex') };
}

function otherGeneration(file: string, reason: string): TableError {
  return new TableError({
    code: 'tables/other-generation',
    file,
    reason,
    remedy: `run preprocess again: ${taskCommand({ project: 'preprocess', target: 'preprocess' })}; it reads only what changed`,
  });
}

function parsed(text: string): Generation | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isGeneration(value) ? value : undefined;
}

function isGeneration(value: unknown): value is Generation {
  if (!isRecord(value) || value['format'] !== 'ichor-generation' || value['version'] !== 1) return false;
  const { tables, images } = value;
  if (!isRecord(tables) || !isRecord(images)) return false;
  const isImages = (set: unknown) =>
    isRecord(set) &&
    typeof set['files'] === 'number' &&
    typeof set['look'] === 'string' &&
    typeof set['content'] === 'string';
  return (
    Object.values(tables).every(
      (table) => isRecord(table) && typeof table['bytes'] === 'number' && typeof table['sha256'] === 'string',
    ) &&
    isImages(images['train']) &&
    isImages(images['test'])
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
