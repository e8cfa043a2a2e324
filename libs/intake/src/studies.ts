import {
  assembleStudies,
  DicomError,
  parseDicom,
  readDicomHeader,
  type DicomAttributes,
  type Series,
} from '@ichor/dicom';
import { withoutPositions } from './instance-order.js';
import { selectSeries, type SeriesCandidate } from './select.js';
import type { LeftOut, Source } from './source.js';
import { walk, type WalkOptions } from './walk.js';

/** A slice that will be read. */
export interface StudySlice {
  readonly source: Source;
  /** mm along the slice normal from feet to head; undefined where the files have no positions. */
  readonly position: number | undefined;
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

/** One study: which series is read, in which order, and what was noticed. */
export interface StudyPlan {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly series: { readonly name: string; readonly reason: string };
  readonly otherSeries: readonly { readonly name: string; readonly reason: string }[];
  /** From the feet to the head, one at a place. */
  readonly slices: readonly StudySlice[];
  readonly warnings: readonly string[];
}

/** A study without a series that can be read. */
export interface UnfitStudy {
  readonly studyInstanceUid: string;
  readonly otherSeries: readonly { readonly name: string; readonly reason: string }[];
}

export interface Intake {
  readonly studies: readonly StudyPlan[];
  readonly unfit: readonly UnfitStudy[];
  readonly leftOut: readonly LeftOut[];
  /** Closes the archives; slices cannot be read afterwards. */
  close(): void;
}

export interface IntakeOptions extends WalkOptions {
  /** SeriesInstanceUID to read whatever it is. */
  readonly series?: string;
  /** Called after each header. */
  readonly onHeader?: (count: number) => void;
}

/** A header with where it came from; the shape that the assembly of `@ichor/dicom` wants. */
interface Indexed {
  readonly name: string;
  readonly attributes: DicomAttributes;
  readonly source: Source;
}

interface Candidate extends SeriesCandidate {
  readonly members: readonly Indexed[];
}

/**
 * Reads the headers of everything under some paths and plans each study. Pixels are not read, and of each slice only
 * its place and identifiers are kept, so that the plan of a thousand studies is small.
 *
 * What cannot be read is in `leftOut`; nothing is thrown for a single bad file.
 */
export async function planStudies(paths: readonly string[], options: IntakeOptions = {}): Promise<Intake> {
  const { found, close } = walk(paths, options);
  const leftOut: LeftOut[] = [];
  const byStudy = new Map<string, Indexed[]>();
  let count = 0;
  for await (const one of found) {
    if ('leftOut' in one) {
      leftOut.push(one.leftOut);
      continue;
    }
    const indexed = await index(one.source, leftOut);
    options.onHeader?.(++count);
    if (!indexed) continue;
    const study = indexed.attributes.StudyInstanceUID;
    if (study === undefined) {
      leftOut.push({ name: indexed.name, reason: 'StudyInstanceUID is missing: it belongs to no study' });
      continue;
    }
    const members = byStudy.get(study) ?? [];
    members.push(indexed);
    byStudy.set(study, members);
  }
  const studies: StudyPlan[] = [];
  const unfit: UnfitStudy[] = [];
  for (const [id, members] of byStudy) {
    const plan = planStudy(id, members, options.series);
    if ('slices' in plan) studies.push(plan);
    else unfit.push(plan);
    // The headers of a planned study are needed no more.
    byStudy.delete(id);
  }
  return { studies, unfit, leftOut, close };
}

async function index(source: Source, leftOut: LeftOut[]): Promise<Indexed | undefined> {
  const { name } = source;
  try {
    const { attributes } = source.onDisk
      ? await readDicomHeader(name)
      : parseDicom(await source.read(), { name });
    return { name, attributes, source };
  } catch (cause) {
    if (cause instanceof DicomError) leftOut.push({ name, reason: cause.reason });
    else leftOut.push({ name, reason: cause instanceof Error ? cause.message : String(cause) });
    return undefined;
  }
}

function planStudy(
  id: string,
  members: readonly Indexed[],
  wanted: string | undefined,
): StudyPlan | UnfitStudy {
  const bySeries = new Map<string, Indexed[]>();
  for (const member of members) {
    const series = member.attributes.SeriesInstanceUID ?? 'without SeriesInstanceUID';
    const others = bySeries.get(series);
    if (others) others.push(member);
    else bySeries.set(series, [member]);
  }
  const candidates = [...bySeries].map(([series, list]): Candidate => {
    // The middle one: series may begin with a localizer of their own.
    const { attributes } = list[list.length >> 1]!;
    return { id: series, header: attributes, slices: list.length, members: list };
  });
  const { chosen, others } = selectSeries(candidates, wanted);
  const otherSeries = others.map(({ series, reason }) => ({ name: nameOf(series), reason }));
  if (!chosen) return { studyInstanceUid: id, otherSeries };
  const { slices, warnings } = order(chosen.series.members);
  return {
    studyInstanceUid: id,
    seriesInstanceUid: chosen.series.id,
    series: { name: nameOf(chosen.series), reason: chosen.reason },
    otherSeries,
    slices,
    warnings,
  };
}

function nameOf({ id, header }: SeriesCandidate): string {
  return (
    header.SeriesDescription ?? (header.SeriesNumber === undefined ? id : `series ${header.SeriesNumber}`)
  );
}

function order(members: readonly Indexed[]): { slices: readonly StudySlice[]; warnings: readonly string[] } {
  const { studies, leftOut } = assembleStudies(members);
  const series = studies[0]?.series[0];
  if (!series || series.slices.length < leftOut.length) {
    const { slices, warning } = withoutPositions(members);
    return { slices: slices.map((slice) => studySlice(slice)), warnings: [warning] };
  }
  const warnings = leftOut.map(({ slice, explanation }) => `${slice.name} is left out: ${explanation}`);
  return {
    slices: series.slices.map(({ slice, position }) => studySlice(slice, position)),
    warnings: [...warnings, ...warningsOf(series)],
  };
}

function studySlice({ source, attributes }: Indexed, position?: number): StudySlice {
  return {
    source,
    position,
    sopClassUid: attributes.SOPClassUID ?? '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: attributes.SOPInstanceUID ?? '',
  };
}

function warningsOf({ slices, tilt, duplicates, gaps }: Series<Indexed>): string[] {
  const warnings: string[] = [];
  if (slices.length === 1)
    warnings.push('the series has a single slice: its neighbours are taken to be like it');
  if (tilt > 1)
    warnings.push(
      `the gantry is tilted by ${tilt.toFixed(1)} degrees; slices are ordered along their normal`,
    );
  const repeated = duplicates.reduce((sum, { others }) => sum + others.length, 0);
  if (repeated > 0) warnings.push(`${repeated} slices lie where another one lies and are left out`);
  for (const { after, distance, missing } of gaps) {
    warnings.push(
      `${distance.toFixed(1)} mm lie between slices ${after + 1} and ${after + 2}: about ${missing} may be missing`,
    );
  }
  return warnings;
}
