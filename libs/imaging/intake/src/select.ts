import { present } from '@ichor/files/present';
import { objection } from './objections.js';
import { bodyPart } from './words/body-part.js';
import { planeOf, type SeriesHeader } from './series-description.js';

export interface SeriesCandidate {
  /** SeriesInstanceUID, or its substitute. */
  readonly id: string;
  /** Number of the volume, from 1, where the series holds several. */
  readonly part?: number;
  /** What all its files say. */
  readonly header: SeriesHeader;
  readonly slices: number;
  /** Why it cannot be read as one volume, whatever its files say. */
  readonly flaw?: string | undefined;
}

export interface Selection<Candidate extends SeriesCandidate> {
  readonly chosen: { readonly series: Candidate; readonly reason: string } | undefined;
  readonly others: readonly { readonly series: Candidate; readonly reason: string }[];
}

/** Slice thickness of the data that the networks were trained on, mm. */
const usualThickness = 5;

/** Whether `--series WANTED` means this one: by its UID, or one volume of it as `UID#2`. */
export function isWanted({ id, part }: SeriesCandidate, wanted: string): boolean {
  return wanted === id || (part !== undefined && wanted === `${id}#${part}`);
}

/**
 * Picks the axial soft-tissue head series of a study.
 *
 * Of those without objection, one that covers a head wins over fragments, then the one whose slices are nearest to 5 mm
 * thick (thin ones are noisy, and unlike what the networks have seen), then the one with more slices, then the one that
 * comes first. `wanted` selects by id in spite of any objection; none is chosen if no candidate has that id.
 */
export function selectSeries<Candidate extends SeriesCandidate>(
  candidates: readonly Candidate[],
  wanted?: string,
): Selection<Candidate> {
  const offered = wanted === undefined ? candidates : candidates.filter((one) => isWanted(one, wanted));
  const fit = offered.filter((one) => against(one) === undefined);
  const pool = fit.length === 0 && wanted !== undefined ? offered : fit;
  const largest = pool.reduce((most, one) => Math.max(most, coverage(one)), 0);
  const [best] = [...pool].sort((a, b) => byPreference(a, b, largest));
  const wantedOnes = new Set(offered);
  const others = candidates
    .filter((series) => series !== best)
    .map((series) => ({
      series,
      reason: wantedOnes.has(series)
        ? (against(series) ?? preferredReason(series, present(best), largest))
        : 'another series was requested',
    }));
  return {
    chosen: best && {
      series: best,
      reason: wanted === undefined ? describe(best) : 'it was requested',
    },
    others,
  };
}

const against = ({ header, flaw }: SeriesCandidate) => objection(header) ?? flaw;

function byPreference(a: SeriesCandidate, b: SeriesCandidate, largest: number): number {
  return (
    Number(isFragment(a, largest)) - Number(isFragment(b, largest)) ||
    thicknessDistance(a) - thicknessDistance(b) ||
    b.slices - a.slices ||
    (a.header.SeriesNumber ?? Infinity) - (b.header.SeriesNumber ?? Infinity) ||
    a.id.localeCompare(b.id) ||
    (a.part ?? 0) - (b.part ?? 0)
  );
}

/** About what a series shows of the head, mm. */
function coverage({ header, slices }: SeriesCandidate): number {
  return slices * (header.SliceThickness || usualThickness);
}

/** A few slices next to a whole head, such as those that monitor the contrast agent. */
function isFragment(series: SeriesCandidate, largest: number): boolean {
  return coverage(series) < largest / 2;
}

/** Whole millimetres, so that 4.8 and 5 mm are the same; an unknown thickness is worse than any head protocol's. */
function thicknessDistance({ header }: SeriesCandidate): number {
  return Math.round(Math.abs((header.SliceThickness ?? 10) - usualThickness));
}

function describe({ header, slices }: SeriesCandidate): string {
  const plane = planeOf(header);
  const known = [
    plane === undefined ? 'orientation unknown' : plane,
    header.ConvolutionKernel === undefined
      ? 'kernel unknown'
      : `soft-tissue kernel ${header.ConvolutionKernel}`,
    header.SliceThickness === undefined ? 'thickness unknown' : `${header.SliceThickness} mm`,
    header.BodyPartExamined === undefined || bodyPart(header.BodyPartExamined) === 'nothing'
      ? 'body part unknown'
      : header.BodyPartExamined.toLowerCase(),
    `${slices} ${slices === 1 ? 'slice' : 'slices'}`,
  ];
  return known.join(', ');
}

function preferredReason(series: SeriesCandidate, best: SeriesCandidate, largest: number): string {
  if (isFragment(series, largest) && !isFragment(best, largest)) return 'another series covers more';
  if (thicknessDistance(series) !== thicknessDistance(best)) {
    return `another series is nearer to ${usualThickness} mm (this one: ${series.header.SliceThickness ?? 'unknown'})`;
  }
  return series.slices === best.slices
    ? 'an equivalent series comes first'
    : 'another series has more slices';
}
