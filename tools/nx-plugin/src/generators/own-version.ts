import { readFileSync } from 'node:fs';

/** Version of this package; all packages of Ichor have the same. */
export const ownVersion = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  }
).version;
