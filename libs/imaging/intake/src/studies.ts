import { assembleStudies, parseDicom, readDicomHeader, type Series } from '@ichor/dicom';
import { HeaderStore, type Header, type SeriesAttributes, type SliceAttributes } from './headers.js';
import { withoutPositions } from './instance-order.js';
import { selectSeries, type SeriesCandidate } from './select.js';
import type { LeftOut, Source } from './source.js';
import { explain, walk, type WalkOptions } from './walk.js';

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
  /** Files of the series that have no place in it. */
  readonly leftOut: readonly LeftOut[];
  /** None names a file: paths often hold the name of the patient. */
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

/** The shape that the assembly of `@ichor/dicom` wants. */
interface Member {
  readonly name: string;
  readonly attributes: SliceAttributes & SeriesAttributes;
  readonly source: Source;
}

interface Candidate extends SeriesCandidate {
  readonly members: readonly Header[];
}

/**
 * Reads the headers of everything under some paths and plans each study. Pixels are not read, and of each slice only
 * its place and identifiers are kept: about half a kilobyte a slice, since the files of a study can lie anywhere.
 *
 * What cannot be read is in `leftOut`; nothing is thrown for a single bad file.
 */
export async function planStudies(paths: readonly string[], options: IntakeOptions = {}): Promise<Intake> {
  const { found, close } = walk(paths, options);
  const leftOut: LeftOut[] = [];
  const byStudy = new Map<string, Header[]>();
  const store = new HeaderStore();
  let count = 0;
  for await (const one of found) {
    if ('leftOut' in one) {
      leftOut.push(one.leftOut);
      continue;
    }
    const header = await readHeader(one.source, store, leftOut);
    options.onHeader?.(++count);
    if (!header) continue;
    const study = header.series.StudyInstanceUID;
    if (study === undefined) {
      leftOut.push({ name: one.source.name, reason: 'StudyInstanceUID is missing: it belongs to no study' });
      continue;
    }
    const members = byStudy.get(study) ?? [];
    members.push(header);
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

async function readHeader(
  source: Source,
  store: HeaderStore,
  leftOut: LeftOut[],
): Promise<Header | undefined> {
  const { name } = source;
  try {
    const { attributes } = source.onDisk
      ? await readDicomHeader(name)
      : parseDicom(await source.read(), { name });
    return store.keep(source, attributes);
  } catch (cause) {
    leftOut.push({ name, reason: explain(cause) });
    return undefined;
  }
}

function planStudy(
  id: string,
  members: readonly Header[],
  wanted: string | undefined,
): StudyPlan | UnfitStudy {
  const bySeries = new Map<string, Header[]>();
  for (const member of members) {
    const series = member.series.SeriesInstanceUID ?? 'without SeriesInstanceUID';
    const others = bySeries.get(series);
    if (others) others.push(member);
    else bySeries.set(series, [member]);
  }
  const candidates = [...bySeries].map(([series, list]): Candidate => {
    // The middle one: series may begin with a localizer of their own.
    const header = list[list.length >> 1]!.series;
    return { id: series, header, slices: list.length, members: list };
  });
  const { chosen, others } = selectSeries(candidates, wanted);
  const otherSeries = others.map(({ series, reason }) => ({ name: nameOf(series), reason }));
  if (!chosen) return { studyInstanceUid: id, otherSeries };
  const { slices, leftOut, warnings } = order(chosen.series);
  return {
    studyInstanceUid: id,
    seriesInstanceUid: chosen.series.id,
    series: { name: nameOf(chosen.series), reason: chosen.reason },
    otherSeries,
    slices,
    leftOut,
    warnings,
  };
}

function nameOf({ id, header }: SeriesCandidate): string {
  return (
    header.SeriesDescription ?? (header.SeriesNumber === undefined ? id : `series ${header.SeriesNumber}`)
  );
}

function order({ id, members }: Candidate): Pick<StudyPlan, 'slices' | 'leftOut' | 'warnings'> {
  // What the selection did not object to is CT of one series, whether the files say so or not.
  const assumed = members.map(({ source, slice, series }): Member => ({
    name: source.name,
    source,
    attributes: { ...slice, ...series, Modality: 'CT', SeriesInstanceUID: id },
  }));
  const { studies, leftOut } = assembleStudies(assumed);
  const series = studies[0]?.series[0];
  if (!series || series.slices.length < leftOut.length) {
    const { slices, warning } = withoutPositions(assumed);
    return { slices: slices.map((slice) => studySlice(slice)), leftOut: [], warnings: [warning] };
  }
  return {
    slices: series.slices.map(({ slice, position }) => studySlice(slice, position)),
    leftOut: leftOut.map(({ slice, explanation }) => ({ name: slice.name, reason: explanation })),
    warnings: warningsOf(series),
  };
}

function studySlice({ source, attributes }: Member, position?: number): StudySlice {
  return {
    source,
    position,
    sopClassUid: attributes.SOPClassUID ?? '1.2.840.10008.5.1.4.1.1.2',
    sopInstanceUid: attributes.SOPInstanceUID ?? '',
  };
}

function warningsOf({ slices, tilt, duplicates, gaps }: Series<Member>): string[] {
  const warnings: string[] = [];
  if (slices.length === 1)
    warnings.push('the series has a single slice: its neighbours are taken to be like it');
  if (tilt > 1)
    warnings.push(
      `the gantry is tilted by ${tilt.toFixed(1)} degrees; slices are ordered along their normal`,
    );
  const repeated = duplicates.reduce((sum, { others }) => sum + others.length, 0);
  if (repeated > 0) {
    const lie =
      repeated === 1
        ? 'slice lies where another one lies and is'
        : 'slices lie where another one lies and are';
    warnings.push(`${repeated} ${lie} left out`);
  }
  for (const { after, distance, missing } of gaps) {
    warnings.push(
      `${distance.toFixed(1)} mm lie between slices ${after + 1} and ${after + 2}: about ${missing} may be missing`,
    );
  }
  return warnings;
}
