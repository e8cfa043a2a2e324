import { existsSync, readFileSync } from 'node:fs';
import { cpus, hostname, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** The machine and the software of a run. */
export interface Environment {
  readonly ichor: string;
  readonly node: string;
  readonly platform: string;
  readonly host: string;
  readonly cpu: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  /** Versions of the packages that influence numerical results. */
  readonly packages: Readonly<Record<string, string>>;
}

const numericPackages = [
  'onnxruntime-node',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-core',
  'apache-arrow',
  'koffi',
  'ml-xgboost',
  'lightgbm',
];

/** @param packages recorded in addition to the packages of every run; missing ones are left out */
export function describeEnvironment(packages: readonly string[] = []): Environment {
  const here = dirname(fileURLToPath(import.meta.url));
  const versions = [...new Set([...numericPackages, ...packages])].sort().flatMap((name) => {
    const version = packageVersion(name, here);
    return version === undefined ? [] : [[name, version] as const];
  });
  return {
    ichor: readVersion(join(here, '..', 'package.json')) ?? 'unknown',
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    host: hostname(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory: totalmem(),
    packages: Object.fromEntries(versions),
  };
}

/** Version of an installed package as Node finds it from `folder`, even if its `exports` hide its package.json. */
function packageVersion(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const manifest = join(at, 'node_modules', name, 'package.json');
    if (existsSync(manifest)) return readVersion(manifest);
    if (at === dirname(at)) return undefined;
  }
}

const versioned = z.object({ version: z.string() });

function readVersion(manifest: string): string | undefined {
  try {
    return versioned.parse(JSON.parse(readFileSync(manifest, 'utf8'))).version;
  } catch {
    return undefined;
  }
}
