import { readDicomHeader } from '@ichor/dicom/node';
import { IchorError } from '@ichor/files';
import { HeaderStore, type Header } from './headers.js';
import { kindOf } from './kinds.js';
import { candidatesOf, planStudy, type Candidate } from './plan-study.js';
import { isWanted } from './select.js';
import type { LeftOut, Source } from './source.js';
import type { StudyPlan, UnfitStudy } from './study-plan.js';
import { explain, walk, type WalkOptions } from './walk.js';

export interface Intake {
  readonly studies: readonly StudyPlan[];
  readonly unfit: readonly UnfitStudy[];
  readonly leftOut: readonly LeftOut[];
  /** Closes the archives; slices cannot be read afterwards. */
  close(): void;
}

export interface IntakeOptions extends WalkOptions {
  /** SeriesInstanceUID to read whatever it is, or one volume of it, as `UID#2`. Studies without it are left out. */
  readonly series?: string;
  /** Called after each header. */
  readonly onHeader?: (count: number) => void;
}

/**
 * Reads the headers of everything under some paths and plans each study. Pixels are not read, and of each slice only
 * its place and identifiers are kept: about half a kilobyte a slice, since the files of a study can lie anywhere.
 *
 * Files that cannot be read are in `leftOut`; a single bad file causes no exception.
 *
 * @throws IchorError `intake/no-such-series` when `series` is in none of the studies; names those that are
 * @throws the reason of `signal`
 */
export async function planStudies(paths: readonly string[], options: IntakeOptions = {}): Promise<Intake> {
  const { found, close } = walk(paths, options);
  try {
    const leftOut: LeftOut[] = [];
    const byStudy = new Map<string, Header[]>();
    const store = new HeaderStore();
    let count = 0;
    for await (const one of found) {
      options.signal?.throwIfAborted();
      if ('leftOut' in one) {
        leftOut.push(one.leftOut);
        continue;
      }
      const header = await readHeader(one.source, store, leftOut);
      options.onHeader?.(++count);
      if (!header) continue;
      const study = header.series.StudyInstanceUID;
      if (study === undefined) {
        leftOut.push({
          name: one.source.name,
          reason: 'StudyInstanceUID is missing: it belongs to no study',
        });
        continue;
      }
      const members = byStudy.get(study);
      if (members) members.push(header);
      else byStudy.set(study, [header]);
    }
    return { ...planAll(byStudy, options.series?.trim(), leftOut), leftOut, close };
  } catch (cause) {
    close();
    throw cause;
  }
}

async function readHeader(
  source: Source,
  store: HeaderStore,
  leftOut: LeftOut[],
): Promise<Header | undefined> {
  const { name } = source;
  try {
    const { attributes } = await readDicomHeader(source);
    return store.keep(source, attributes);
  } catch (cause) {
    leftOut.push({ name, reason: await whyNot(source, cause) });
    return undefined;
  }
}

/** The kind of a file that is not DICOM. */
async function whyNot(source: Source, cause: unknown): Promise<string> {
  const kind =
    cause instanceof IchorError && cause.code === 'dicom/not-dicom'
      ? await kindOf(source).catch(explain)
      : undefined;
  return kind ?? explain(cause);
}

function planAll(
  byStudy: Map<string, readonly Header[]>,
  wanted: string | undefined,
  leftOut: LeftOut[],
): Pick<Intake, 'studies' | 'unfit'> {
  const studies: StudyPlan[] = [];
  const unfit: UnfitStudy[] = [];
  const known: Candidate[] = [];
  let met = false;
  for (const [id, members] of byStudy) {
    const candidates = candidatesOf(members);
    if (wanted !== undefined && !candidates.some((one) => isWanted(one, wanted))) {
      for (const one of candidates) known.push(one);
      leftOut.push({ name: id, reason: `series ${wanted} was requested, but is not in this study` });
    } else {
      met = true;
      const plan = planStudy(id, members, candidates, wanted);
      if ('slices' in plan) studies.push(plan);
      else unfit.push(plan);
    }
    // The headers of a planned study are no longer needed.
    byStudy.delete(id);
  }
  if (wanted !== undefined && !met && known.length > 0) throw noSuchSeries(wanted, known);
  return { studies, unfit };
}

/** Largest number of series that the error names. */
const named = 50;

function noSuchSeries(wanted: string, known: readonly Candidate[]): IchorError {
  const lines = known
    .slice(0, named)
    .map(({ selector, name, slices }) => `${selector} (${name}, ${slices} files)`);
  const rest = known.length > named ? [`and ${known.length - named} more`] : [];
  return new IchorError({
    code: 'intake/no-such-series',
    reason: `there is no series ${wanted}; there are: ${[...lines, ...rest].join('; ')}`,
    remedy: 'give the SeriesInstanceUID of one of these',
  });
}
