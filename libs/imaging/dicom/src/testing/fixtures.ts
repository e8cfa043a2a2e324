import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One entry of fixtures/index.json; see make_fixtures.py. */
export interface Fixture {
  readonly file: string;
  readonly syntax: string;
  /** File of the expected samples. */
  readonly pixels: string;
  readonly bits: 8 | 16 | 32;
  readonly signed: boolean;
  readonly frames: number;
  readonly oracle: string;
  readonly tolerance: number;
}

/** Path of a file in src/fixtures, from src and from dist. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../src/fixtures/${name}`, import.meta.url));
}

export const fixtures: readonly Fixture[] = JSON.parse(readFileSync(fixture('index.json'), 'utf8'));
