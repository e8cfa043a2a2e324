import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { nearest } from '@ichor/cli';
import { readTextFile } from '@ichor/files';
import type * as Yaml from 'yaml';
import type { z } from 'zod';
import { ExperimentError } from '../error.js';

/** Loaded when a file is read or printed: it takes 40 ms, which every step of a pipeline would pay. */
const yaml = () => createRequire(import.meta.url)('yaml') as typeof Yaml;

/** Whether `--config` names a file of settings; otherwise it is a configuration of the app, such as `demo`. */
export function isSettingsFile(config: string): boolean {
  return /\.(ya?ml|json)$/i.test(config);
}

/**
 * Settings of a model out of a YAML or JSON file.
 *
 * @param path relative to the folder in which the user is
 * @param schema of some or all settings; strict, so that a misspelt one is no silent default
 * @returns what the file says, without defaults
 * @throws ExperimentError `experiment/settings` naming file, key and remedy; IchorError `files/not-readable`
 */
export async function readSettingsFile<Schema extends z.ZodObject>(
  path: string,
  schema: Schema,
): Promise<Partial<z.output<Schema>>> {
  const file = resolve(process.env['INIT_CWD'] ?? '.', path);
  const text = await readTextFile(file);
  if (text === undefined) throw wrong(file, 'does not exist', 'give a file as --print-config prints it');
  const content = parseText(file, text);
  const result = schema.partial().safeParse(content);
  if (!result.success) throw wrong(file, problemOf(result.error, Object.keys(schema.shape)), remedy);
  const given = Object.entries(result.data).filter(([key]) => key in (content as object));
  return Object.fromEntries(given) as Partial<z.output<Schema>>;
}

/** The settings as a file that {@link readSettingsFile} takes back. */
export function settingsText(settings: object): string {
  return yaml().stringify(settings, { lineWidth: 0 }).trimEnd();
}

const remedy = 'correct it; --print-config without --config prints the settings that there are';

function parseText(file: string, text: string): unknown {
  try {
    // JSON is YAML too, and here a key that is there twice is an error.
    return yaml().parse(text) as unknown;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw wrong(file, `is neither YAML nor JSON: ${reason}`, remedy, cause);
  }
}

function problemOf(error: z.ZodError, known: readonly string[]): string {
  return error.issues
    .map((issue) => {
      const path = issue.path.join('.');
      if (issue.code !== 'unrecognized_keys') return `${path === '' ? 'it' : path}: ${issue.message}`;
      return issue.keys
        .map((key) => {
          const guess = path === '' ? nearest(key, known) : undefined;
          return `unknown setting ${path === '' ? '' : `${path}.`}${key}${guess === undefined ? '' : `; did you mean ${guess}?`}`;
        })
        .join('; ');
    })
    .join('; ');
}

function wrong(file: string, reason: string, remedy: string, cause?: unknown): ExperimentError {
  return new ExperimentError({ code: 'experiment/settings', file, reason, remedy, cause });
}
