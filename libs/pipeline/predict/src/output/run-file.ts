import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleHash, canonical, separationOf, separationWarning, type BundleManifest } from '@ichor/bundle';
import {
  IchorError,
  isTemporary,
  listFolder,
  notWritable,
  present,
  readTextFile,
  systemCode,
  writeFileAtomic,
} from '@ichor/files';
import type { OtherSeries } from '@ichor/intake';
import { z } from 'zod';
import type { HeatMapChoice } from '../heat-map.js';

/** What distinguishes one run from another: results of different runs must not be mixed. */
export interface RunSettings {
  readonly augment: boolean;
  readonly series: string | null;
  readonly patientData: boolean;
  readonly dicom: boolean;
  readonly html: boolean;
  readonly heatMaps: HeatMapChoice;
  /** Paths that were given. */
  readonly paths: readonly string[];
}

/** A study that gave no probabilities, and why. */
export interface FailedStudy {
  readonly studyInstanceUid: string;
  /** For the terminal and run.json; it may name files. */
  readonly reason: string;
  /** The same for pages, which hold no names of files, identifiers or values of headers. */
  readonly brief?: string;
  /** Its series, where none of them could be read. */
  readonly otherSeries?: readonly OtherSeries[];
}

/** The content of `run.json`: everything that the tables do not hold. */
export interface NotPredicted {
  readonly failed: readonly FailedStudy[];
  /** Files that were not read, and why. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
  /** Studies that were not begun, because the run was stopped. */
  readonly notDone: number;
}

export interface RunState extends NotPredicted {
  /** `unfinished` from the start: the same command resumes. */
  readonly status: 'unfinished' | 'stopped' | 'complete';
  readonly predicted: number;
  /** Folders of earlier predictions of studies that are not in this run. */
  readonly notInThisRun: readonly string[];
}

const nothing: RunState = {
  status: 'unfinished',
  predicted: 0,
  failed: [],
  leftOut: [],
  notDone: 0,
  notInThisRun: [],
};

export async function writeRunFile(
  out: string,
  manifest: BundleManifest,
  settings: RunSettings,
  createdAt: Date,
  { failed, ...state }: RunState = nothing,
): Promise<void> {
  const { name, notice, labels, thresholds, software } = manifest;
  const warning = separationWarning(manifest);
  const content = {
    notice: ['Not a medical device. For research only.', notice].filter(Boolean).join(' '),
    createdAt: createdAt.toISOString(),
    bundle: { name, hash: bundleHash(manifest), madeBy: software },
    settings,
    thresholds: Object.fromEntries(labels.map((label, index) => [label, thresholds[index] ?? null])),
    separation: separationOf(manifest),
    ...(warning === undefined ? {} : { warning }),
    ...state,
    failed: failed.map(({ studyInstanceUid, reason, otherSeries }) => ({
      studyInstanceUid,
      reason,
      ...(otherSeries ? { otherSeries } : {}),
    })),
  };
  await writeFileAtomic(join(out, 'run.json'), `${JSON.stringify(content, null, 1)}\n`);
}

const runFile = z.object({
  bundle: z.object({ hash: z.string() }),
  settings: z.record(z.string(), z.unknown()),
});

/**
 * The same as far as it can be told before the bundle is read, which takes its time.
 *
 * @throws IchorError `predict/not-empty`, `files/not-writable` for a path that is a file; `files/not-readable`
 */
export async function mayFit(out: string): Promise<void> {
  const status = await stat(out).catch((cause: unknown) => {
    if (systemCode(cause) === 'ENOENT') return undefined;
    throw notWritable(out, cause);
  });
  if (status === undefined) return;
  if (!status.isDirectory()) {
    throw notWritable(out, Object.assign(new Error('it is a file'), { code: 'ENOTDIR' }));
  }
  await runThatIsThere(out);
}

/**
 * Whether results may be written into a folder: it is empty or not there, or holds what the same command left.
 *
 * @throws IchorError `predict/not-empty` saying what is there; `files/not-readable`
 */
export async function mustFit(out: string, manifest: BundleManifest, settings: RunSettings): Promise<void> {
  const before = await runThatIsThere(out);
  if (!before) return;
  if (before.bundle.hash !== bundleHash(manifest)) {
    throw notEmpty(
      out,
      `holds results of another bundle (${before.bundle.hash}, not ${bundleHash(manifest)})`,
    );
  }
  const differing = Object.entries(settings).filter(
    ([key, value]) => canonical(value) !== canonical(before.settings[key]),
  );
  if (differing.length === 0) return;
  throw notEmpty(out, `holds results of another run: other ${differing.map(([key]) => key).join(', ')}`);
}

async function runThatIsThere(out: string): Promise<z.infer<typeof runFile> | undefined> {
  const names = ((await listFolder(out)) ?? []).filter(
    (name) => !name.startsWith('.lock-') && !isTemporary(name),
  );
  if (names.length === 0) return undefined;
  const before = parsed(await readTextFile(join(out, 'run.json')));
  if (before) return before;
  throw notEmpty(out, `is not empty (${present(names[0])}), and not with results that could be continued`);
}

function parsed(text: string | undefined): z.infer<typeof runFile> | undefined {
  try {
    return text === undefined ? undefined : runFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function notEmpty(out: string, reason: string): IchorError {
  return new IchorError({
    code: 'predict/not-empty',
    file: out,
    reason: `the folder for the results ${reason}`,
    remedy: 'choose another folder, or remove it; only the same command can continue its results',
  });
}
