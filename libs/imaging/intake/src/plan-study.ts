import { present, printableLine } from '@ichor/files';
import type { Header } from './headers.js';
import { doubt } from './objections.js';
import { order } from './order.js';
import { doubtfulPerson, severalPeople } from './people.js';
import { selectSeries, type SeriesCandidate } from './select.js';
import { indistinguishable } from './same-place.js';
import { volumesOf } from './volumes.js';
import type { OtherSeries, StudyPlan, UnfitStudy } from './study-plan.js';

/** A volume that may be read. */
export interface Candidate extends SeriesCandidate {
  readonly name: string;
  readonly selector: string;
  readonly members: readonly Header[];
}

/** The volumes of a study: one for each series, or several. */
export function candidatesOf(members: readonly Header[]): readonly Candidate[] {
  const bySeries = new Map<string, Header[]>();
  for (const member of members) {
    const series = member.series.SeriesInstanceUID ?? 'without SeriesInstanceUID';
    const others = bySeries.get(series);
    if (others) others.push(member);
    else bySeries.set(series, [member]);
  }
  return [...bySeries].flatMap(([id, list]) => {
    const volumes = volumesOf(list);
    return volumes.map(({ members, differs }, index): Candidate => {
      // Attributes in which they differ are not a reason against any; thickness may differ below and above
      // the skull base.
      const header = present(members[members.length >> 1]).series;
      const whole = { id, header, slices: members.length, members, flaw: indistinguishable(members) };
      const name = nameOf(header);
      if (volumes.length === 1) return { ...whole, name, selector: id };
      const part = index + 1;
      const label = [`part ${part} of ${volumes.length}`, ...differs].join(', ');
      return { ...whole, part, name: `${name} (${label})`, selector: `${id}#${part}` };
    });
  });
}

/** Largest number of series that one reason names; `otherSeries` has all. */
const named = 20;

/** Chooses the volume of a study that is read and orders it. `wanted` must be one of the candidates. */
export function planStudy(
  studyInstanceUid: string,
  members: readonly Header[],
  candidates: readonly Candidate[],
  wanted: string | undefined,
): StudyPlan | UnfitStudy {
  const people = members.map(({ series }) => series);
  const several = severalPeople(people);
  if (several !== undefined) {
    return {
      studyInstanceUid,
      reason: `${several}; give the files of each patient separately`,
      otherSeries: [],
    };
  }
  const { chosen, others } = selectSeries(candidates, wanted);
  const otherSeries = others.map(({ series, reason }) => other(series, reason));
  if (!chosen) {
    const reasons = otherSeries.slice(0, named).map(({ name, reason }) => `${name}: ${reason}`);
    const rest = otherSeries.length > named ? [`and ${otherSeries.length - named} more`] : [];
    const reason = `no axial soft-tissue head series: ${[...reasons, ...rest].join('; ')}`;
    return { studyInstanceUid, reason, otherSeries };
  }
  const { id, name, header, flaw } = chosen.series;
  const { slices, leftOut, warnings } = order(id, chosen.series.members);
  const noticed = [doubtfulPerson(people), doubt(header), flaw, partOf(chosen.series, candidates)];
  return {
    studyInstanceUid,
    seriesInstanceUid: id,
    series: { name, reason: chosen.reason },
    otherSeries,
    slices,
    leftOut,
    warnings: [...noticed.filter((one) => one !== undefined), ...warnings],
  };
}

function other({ name, selector }: Candidate, reason: string): OtherSeries {
  return { name, reason, selector };
}

/** Files of a chosen series that are not read only because they belong to another volume. */
function partOf({ id, part, slices }: Candidate, candidates: readonly Candidate[]): string | undefined {
  const siblings = candidates.filter((one) => one.id === id && one.part !== part);
  const fit = selectSeries(siblings).chosen !== undefined;
  if (!fit) return undefined;
  const rest = siblings.reduce((sum, one) => sum + one.slices, 0);
  return `the series holds ${siblings.length + 1} volumes that do not belong together: one of ${slices} slices is read, ${rest} slices are in the others`;
}

function nameOf({ SeriesDescription, SeriesNumber }: Candidate['header']): string {
  if (SeriesDescription !== undefined) return printableLine(SeriesDescription);
  return SeriesNumber === undefined ? 'series without description' : `series ${SeriesNumber}`;
}
