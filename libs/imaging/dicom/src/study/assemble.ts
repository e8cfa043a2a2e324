import { present } from '@ichor/files/present';
import type { Vector3 } from '../attributes.js';
import { findGaps } from './gaps.js';
import { positionAlong, sliceNormal, tiltOf } from './geometry.js';
import { placesObjection, SAME_PLACE } from './places.js';
import type {
  Assembly,
  Duplicate,
  LeftOut,
  LeftOutReason,
  PlacedSlice,
  Series,
  Slice,
  Study,
} from './study.js';

/** Normals of one series agree to 1 - cos of about half a degree. */
const SAME_NORMAL = 4e-5;

interface Oriented<S extends Slice> {
  readonly slice: S;
  readonly normal: Vector3;
  readonly origin: Vector3;
}

/**
 * Groups slices into studies and series and orders each series along its slice normal, feet to head.
 *
 * These are left out, with a reason: files that are not CT, localizers, slices without identifiers or geometry, slices
 * that are not parallel to most of their series, and series whose positions define no order. No file is read. The order
 * of the input does not matter, with one exception: of two slices at one place, the one with the lower InstanceNumber
 * (then the earlier) is kept.
 */
export function assembleStudies<S extends Slice>(slices: Iterable<S>): Assembly<S> {
  const leftOut: LeftOut<S>[] = [];
  const studies = new Map<string, { patient: string | undefined; series: Map<string, Oriented<S>[]> }>();
  for (const slice of slices) {
    const placed = orient(slice);
    if ('reason' in placed) {
      leftOut.push(placed);
      continue;
    }
    const { StudyInstanceUID: study, SeriesInstanceUID: series, PatientID } = slice.attributes;
    const entry = getOrMake(studies, study ?? '', () => ({ patient: PatientID, series: new Map() }));
    getOrMake(entry.series, series ?? '', () => []).push(placed);
  }
  return {
    studies: [...studies].map(([StudyInstanceUID, { patient, series }]): Study<S> => {
      const ordered = [...series]
        .map(([uid, members]) => orderSeries(uid, members, leftOut))
        .filter((one) => one !== undefined);
      return { StudyInstanceUID, PatientID: patient, series: ordered };
    }),
    leftOut,
  };
}

function orient<S extends Slice>(slice: S): Oriented<S> | LeftOut<S> {
  const { attributes } = slice;
  const out = (reason: LeftOutReason, explanation: string): LeftOut<S> => ({ slice, reason, explanation });
  if (attributes.Modality !== 'CT')
    return out('not-ct', `Modality is ${attributes.Modality ?? 'missing'}, not CT`);
  if (attributes.ImageType.some((part) => part.toUpperCase() === 'LOCALIZER')) {
    return out('localizer', `ImageType is ${attributes.ImageType.join('\\')}`);
  }
  if (attributes.StudyInstanceUID === undefined) return out('no-study-uid', 'StudyInstanceUID is missing');
  if (attributes.SeriesInstanceUID === undefined) return out('no-series-uid', 'SeriesInstanceUID is missing');
  const { ImagePositionPatient: origin, ImageOrientationPatient: orientation } = attributes;
  if (origin === undefined) {
    return out(
      'no-position',
      attributes.NumberOfFrames > 1
        ? 'ImagePositionPatient is missing; the positions of the frames of a multi-frame file are not read'
        : 'ImagePositionPatient is missing or not three numbers',
    );
  }
  const normal = orientation && sliceNormal(orientation);
  if (normal === undefined) {
    return out(
      'no-orientation',
      orientation === undefined
        ? 'ImageOrientationPatient is missing or not six numbers'
        : `ImageOrientationPatient ${orientation.join('\\')} spans no plane`,
    );
  }
  return { slice, normal, origin };
}

function orderSeries<S extends Slice>(
  SeriesInstanceUID: string,
  members: readonly Oriented<S>[],
  leftOut: LeftOut<S>[],
): Series<S> | undefined {
  const normal = commonNormal(members);
  const parallel: Oriented<S>[] = [];
  for (const member of members) {
    if (agree(normal, member.normal)) {
      parallel.push(member);
      continue;
    }
    leftOut.push({
      slice: member.slice,
      reason: 'other-orientation',
      explanation: `the slice is not parallel to most of its series (normal ${member.normal
        .map((part) => part.toFixed(3))
        .join(', ')})`,
    });
  }
  const placed = parallel.map(({ slice, origin }) => ({ slice, position: positionAlong(normal, origin) }));
  placed.sort((a, b) => a.position - b.position);
  const explanation = placesObjection(placed);
  if (explanation !== undefined) {
    leftOut.push(...placed.map(({ slice }) => ({ slice, reason: 'same-position', explanation }) as const));
    return undefined;
  }
  const { slices, duplicates } = mergeDuplicates(placed);
  const steps = slices.slice(1).map(({ position }, i) => position - present(slices[i]).position);
  return {
    SeriesInstanceUID,
    SeriesDescription: slices[0]?.slice.attributes.SeriesDescription,
    normal,
    tilt: tiltOf(normal),
    slices,
    steps,
    duplicates,
    gaps: findGaps(
      steps,
      slices.map(({ slice }) => slice.attributes.SliceThickness),
    ),
  };
}

/** The normal that most members have. */
function commonNormal<S extends Slice>(members: readonly Oriented<S>[]): Vector3 {
  const groups: { normal: Vector3; count: number }[] = [];
  for (const { normal } of members) {
    const group = groups.find((other) => agree(other.normal, normal));
    if (group === undefined) groups.push({ normal, count: 1 });
    else group.count += 1;
  }
  return groups.reduce((most, group) => (group.count > most.count ? group : most)).normal;
}

function agree(a: Vector3, b: Vector3): boolean {
  return 1 - (a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) < SAME_NORMAL;
}

function mergeDuplicates<S extends Slice>(placed: readonly PlacedSlice<S>[]) {
  const slices: PlacedSlice<S>[] = [];
  const duplicates: Duplicate<S>[] = [];
  for (let from = 0; from < placed.length;) {
    const { position } = present(placed[from]);
    let to = from + 1;
    while (to < placed.length && present(placed[to]).position - position < SAME_PLACE) to += 1;
    const [kept, ...others] = placed.slice(from, to).sort((a, b) => instance(a.slice) - instance(b.slice));
    slices.push({ slice: present(kept).slice, position });
    if (others.length > 0) {
      duplicates.push({ position, kept: present(kept).slice, others: others.map(({ slice }) => slice) });
    }
    from = to;
  }
  return { slices, duplicates };
}

function instance({ attributes }: Slice): number {
  return attributes.InstanceNumber ?? Number.MAX_SAFE_INTEGER;
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
