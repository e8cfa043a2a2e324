import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readEnsemble } from '@ichor/experiment';
import { listEntries, listFolder } from '@ichor/files';
import type { Layout } from '@ichor/tables';
import type { StatusModel } from './fold-status.js';

/** Of files of a fold: `fold0.json`, `fold0_history.json`; of its lock: `.lock-fold0-...`. */
const FOLD_FILE = /^(?:\.lock-)?fold(\d)\b|^fold(\d)_/;

export interface FoundModel extends StatusModel {
  /** Folds of which there are files. */
  readonly folds: readonly number[];
}

/**
 * The models of the workspace, by level, each with its named runs, and those whose files are below the root without an app
 * here.
 */
export async function findModels(paths: Layout): Promise<FoundModel[]> {
  const foldsOf = new Map<string, readonly number[]>();
  const folder = dirname(paths.preprocessedFolder);
  for (const entry of (await listEntries(folder)) ?? []) {
    if (!entry.isDirectory()) continue;
    const folds = foldsIn((await listFolder(join(folder, entry.name))) ?? []);
    if (folds.length > 0) foldsOf.set(entry.name, folds);
  }
  const apps = await workspaceModels();
  const modelOf = (name: string) => name.split('.')[0] ?? name;
  const place = (name: string) => {
    const at = apps.findIndex((app) => app.name === modelOf(name));
    return at < 0 ? apps.length : at;
  };
  const names = [...new Set([...apps.map(({ name }) => name), ...foldsOf.keys()])];
  return names
    .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    .map((name) => ({
      name,
      kind: apps[place(name)]?.kind ?? 'unknown',
      folds: foldsOf.get(name) ?? [],
    }));
}

function foldsIn(names: readonly string[]): number[] {
  const folds = names.flatMap((name) => {
    const found = FOLD_FILE.exec(name);
    return found === null ? [] : [Number(found[1] ?? found[2])];
  });
  return [...new Set(folds)].sort((a, b) => a - b);
}

/** Those of the apps around the current folder; none outside a workspace. */
async function workspaceModels(): Promise<StatusModel[]> {
  const apps = join(workspaceFolder(), 'apps');
  if (!existsSync(apps)) return [];
  const { models } = await readEnsemble(apps);
  return models.map(({ name, level }) => ({ name, kind: level > 0 ? 'stacker' : 'base-model' }));
}

/** The nearest folder upwards with an `nx.json`, also where ICHOR_ROOT is another. */
function workspaceFolder(): string {
  for (let at = process.cwd(); ; at = dirname(at)) {
    if (existsSync(join(at, 'nx.json')) || at === dirname(at)) return at;
  }
}
