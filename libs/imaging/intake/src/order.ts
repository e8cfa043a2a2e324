import { assembleStudies, type Series } from '@ichor/dicom';
import type { Header, SeriesAttributes, SliceAttributes } from './headers.js';
import { withoutPositions } from './instance-order.js';
import type { Source } from './source.js';
import type { StudyPlan, StudySlice } from './study-plan.js';

/** The shape that the assembly of `@ichor/dicom` wants. */
interface Member {
  readonly name: string;
  readonly attributes: SliceAttributes & SeriesAttributes;
  readonly source: Source;
}

/** Orders the files of one volume from the feet to the head. */
export function order(
  id: string,
  members: readonly Header[],
): Pick<StudyPlan, 'slices' | 'leftOut' | 'warnings'> {
  // Files that passed the selection are CT of one series, even if their attributes do not say so.
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

function warningsOf({ slices, steps, tilt, duplicates, gaps }: Series<Member>): string[] {
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
        ? 'slice has the position of another one and is'
        : 'slices have the position of another one and are';
    warnings.push(`${repeated} ${lie} left out`);
  }
  warnings.push(...alternation(steps));
  for (const { after, distance, missing } of gaps) {
    warnings.push(
      `${distance.toFixed(1)} mm lie between slices ${after + 1} and ${after + 2}: about ${missing} may be missing`,
    );
  }
  return warnings;
}

/** Whether steps are alternately short and long, as in two interleaved acquisitions. */
function alternation(steps: readonly number[]): string[] {
  const [first, second] = steps;
  if (first === undefined || second === undefined || steps.length < 5) return [];
  const near = (a: number, b: number) => Math.abs(a - b) < 0.1 * Math.max(a, b);
  const inTurn = steps.every((step, index) => near(step, index % 2 === 0 ? first : second));
  return inTurn && !near(first, second)
    ? [
        `slices are ${first.toFixed(1)} and ${second.toFixed(1)} mm apart in turn: two acquisitions may be mixed`,
      ]
    : [];
}
