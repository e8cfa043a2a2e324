import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readDicom, readStudies } from '@ichor/dicom/node';
import { IchorError } from '@ichor/files';
import { headPoint, type Acquisition } from '../acquisition/geometry.js';
import { findCavity, type Cavity } from './cavity.js';

/** A real study to put bleeds into. */
export interface Background {
  readonly acquisition: Acquisition;
  /** HU of each slice, from below. */
  readonly slices: readonly Int16Array[];
  readonly cavities: readonly Cavity[];
}

/**
 * Reads the longest series of a folder, finds the cavity of the skull and fits the coordinates of the average head to it.
 *
 * @param size rows and columns wanted; the images are resampled to it
 * @throws IchorError `phantom/background` when there is no axial series of an intact skull
 */
export async function readBackground(folder: string, size: number): Promise<Background> {
  const names = await readdir(folder);
  const { studies } = await readStudies(names.sort().map((name) => join(folder, name)));
  const series = studies
    .flatMap((study) => study.series)
    .sort((a, b) => b.slices.length - a.slices.length)[0];
  const first = series?.slices[0]?.slice.attributes;
  const orientation = first?.ImageOrientationPatient;
  const pixel = first?.PixelSpacing;
  if (series === undefined || first === undefined || orientation === undefined || pixel === undefined) {
    throw unusable(folder, 'no CT series with positions was found');
  }
  if (orientation[0] < 0.99 || Math.abs(pixel[0] - pixel[1]) > 1e-3 || first.Rows !== first.Columns) {
    throw unusable(folder, 'expected axial slices, square images and square pixels');
  }
  const rows = first.Rows ?? size;
  const spacing = (pixel[0] * rows) / size;
  const slices: Int16Array[] = [];
  const positions: (readonly [number, number, number])[] = [];
  for (const { slice } of series.slices) {
    if (slice.name === undefined || slice.attributes.ImagePositionPatient === undefined) continue;
    const { data } = await (await readDicom(slice.name)).hounsfield();
    slices.push(resample(data, rows, size));
    positions.push(slice.attributes.ImagePositionPatient);
  }
  const cavities = slices.map((slice) => findCavity(slice, size, size, spacing));
  const acquisition = fitHead(
    {
      rows: size,
      columns: size,
      spacing,
      thickness: first.SliceThickness ?? 5,
      tilt: Math.atan2(-orientation[5], orientation[4]),
      positions,
    },
    cavities,
  );
  if (acquisition === undefined) throw unusable(folder, 'no slice shows a closed skull with brain in it');
  return { acquisition, slices, cavities };
}

function unusable(folder: string, reason: string): IchorError {
  return new IchorError({
    code: 'phantom/background',
    file: folder,
    reason,
    remedy: 'give a folder with one axial head CT series',
  });
}

/** Mean of the source pixels under each target pixel (nearest one when enlarging), air at least. */
function resample(data: ArrayLike<number>, from: number, to: number): Int16Array {
  const target = new Int16Array(to * to);
  const edges = Uint32Array.from({ length: to + 1 }, (_, i) => Math.floor((i * from) / to));
  for (let row = 0; row < to; row++) {
    const bottom = Math.max(edges[row]! + 1, edges[row + 1]!);
    for (let column = 0; column < to; column++) {
      const right = Math.max(edges[column]! + 1, edges[column + 1]!);
      let sum = 0;
      for (let r = edges[row]!; r < bottom; r++) {
        for (let c = edges[column]!; c < right; c++) sum += Math.max(-1000, data[r * from + c]!);
      }
      const pixels = (bottom - edges[row]!) * (right - edges[column]!);
      target[row * to + column] = Math.round(sum / pixels);
    }
  }
  return target;
}

/** Half widths of the cavity of the average head, mm: left and right, front, back, top. */
const AVERAGE = { side: 65, front: 82, back: 85, top: 73 };

/** Places the average head by the extent of the cavity; the head is taken to be tilted like the slices. */
function fitHead(
  scan: Omit<Acquisition, 'toHead' | 'headAt' | 'noise'>,
  cavities: readonly Cavity[],
): Acquisition | undefined {
  const { rows, columns, spacing, tilt, positions } = scan;
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const turned = (scale: readonly [number, number, number]): Acquisition['toHead'] => [
    [1 / scale[0], 0, 0],
    [0, cos / scale[1], -sin / scale[1]],
    [0, sin / scale[2], cos / scale[2]],
  ];
  const straight = { ...scan, toHead: turned([1, 1, 1]), headAt: [0, 0, 0] as const, noise: 1 };
  const low = Float64Array.of(Infinity, Infinity, Infinity);
  const high = Float64Array.of(-Infinity, -Infinity, -Infinity);
  cavities.forEach(({ inside }, index) => {
    const position = positions[index];
    if (position === undefined) return;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        if (inside[row * columns + column] !== 1) continue;
        const [x, y, z] = position;
        const q = headPoint(straight, [
          x + column * spacing,
          y + row * spacing * cos,
          z - row * spacing * sin,
        ]);
        q.forEach((value, axis) => {
          low[axis] = Math.min(low[axis]!, value);
          high[axis] = Math.max(high[axis]!, value);
        });
      }
    }
  });
  const width = high[0]! - low[0]!;
  const length = high[1]! - low[1]!;
  if (!(width > 60 && length > 60)) return undefined;
  const sx = width / (2 * AVERAGE.side);
  const sy = length / (AVERAGE.front + AVERAGE.back);
  const sz = (sx + sy) / 2;
  const center = [
    (low[0]! + high[0]!) / 2,
    low[1]! + AVERAGE.front * sy,
    high[2]! - AVERAGE.top * sz,
  ] as const;
  // Back from the turned frame to patient coordinates.
  const headAt = [center[0], cos * center[1] + sin * center[2], -sin * center[1] + cos * center[2]] as const;
  return { ...straight, toHead: turned([sx, sy, sz]), headAt };
}
