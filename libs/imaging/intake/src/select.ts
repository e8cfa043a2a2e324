import { objection } from './objections.js';
import { planeOf, type SeriesHeader } from './series-description.js';

export interface SeriesCandidate {
  /** SeriesInstanceUID, or what stands in for it. */
  readonly id: string;
  readonly header: SeriesHeader;
  readonly slices: number;
}

export interface Selection<Candidate extends SeriesCandidate> {
  readonly chosen: { readonly series: Candidate; readonly reason: string } | undefined;
  readonly others: readonly { readonly series: Candidate; readonly reason: string }[];
}

/** Slice thickness of the data that the networks were trained on, mm. */
const usualThickness = 5;

/**
 * Picks the axial soft-tissue head series of a study.
 *
 * Of those without objection, the one whose slices are nearest to 5 mm thick wins (thin ones are noisy, and unlike what
 * the networks have seen), then the one with more slices, then the one that comes first. `wanted` picks by id.
 */
export function selectSeries<Candidate extends SeriesCandidate>(
  candidates: readonly Candidate[],
  wanted?: string,
): Selection<Candidate> {
  const asked = candidates.find(({ id }) => id === wanted);
  const fit = asked
    ? [asked]
    : candidates.filter(({ header }) => objection(header) === undefined).sort(byPreference);
  const [best] = fit;
  const others = candidates
    .filter((series) => series !== best)
    .map((series) => ({
      series,
      reason: asked
        ? 'another series was asked for'
        : (objection(series.header) ?? preferredReason(series, best!)),
    }));
  return {
    chosen: best && { series: best, reason: asked ? 'it was asked for' : describe(best) },
    others,
  };
}

function byPreference(a: SeriesCandidate, b: SeriesCandidate): number {
  return (
    thicknessDistance(a) - thicknessDistance(b) ||
    b.slices - a.slices ||
    (a.header.SeriesNumber ?? Infinity) - (b.header.SeriesNumber ?? Infinity) ||
    a.id.localeCompare(b.id)
  );
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
    header.BodyPartExamined === undefined ? 'body part unknown' : header.BodyPartExamined.toLowerCase(),
    `${slices} ${slices === 1 ? 'slice' : 'slices'}`,
  ];
  return known.join(', ');
}

function preferredReason(series: SeriesCandidate, best: SeriesCandidate): string {
  if (thicknessDistance(series) !== thicknessDistance(best)) {
    return `another series is nearer to ${usualThickness} mm (this one: ${series.header.SliceThickness ?? 'unknown'})`;
  }
  return series.slices === best.slices
    ? 'it came after a series just like it'
    : 'another series has more slices';
}
