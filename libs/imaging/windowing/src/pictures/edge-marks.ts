import { present } from '@ichor/files/present';

/** Patient direction at each edge of a picture: R, L, A, P, H (head) or F (feet); two letters for an oblique one. */
export interface EdgeMarks {
  readonly left: string;
  readonly right: string;
  readonly top: string;
  readonly bottom: string;
}

/** In the order in which pages write the marks. */
export const edges = ['top', 'right', 'bottom', 'left'] as const satisfies readonly (keyof EdgeMarks)[];

/** Patient axes point to the left, to the back and to the head (DICOM PS3.3, C.7.6.2.1.1). */
const axes = [
  ['L', 'R'],
  ['P', 'A'],
  ['H', 'F'],
] as const;

/** A direction that deviates by 30 degrees or more has a second letter: gantries tilt less, so that axial slices have one. */
const second = 0.5;

/**
 * The marks of a picture whose rows and columns are shown as they are stored: the first row at the top, the first column
 * at the left.
 *
 * @param orientation ImageOrientationPatient: direction of a row, then of a column, in patient axes
 * @returns undefined if these are not two directions at a right angle: a wrong mark is worse than none
 */
export function edgeMarks(orientation: readonly number[] | undefined): EdgeMarks | undefined {
  if (orientation?.length !== 6 || !orientation.every(Number.isFinite)) return undefined;
  const row = orientation.slice(0, 3);
  const column = orientation.slice(3);
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * present(b[i]), 0);
  // Decimal strings of headers are rounded, some to three digits.
  const isUnit = (direction: readonly number[]) => Math.abs(Math.sqrt(dot(direction, direction)) - 1) < 0.01;
  if (!isUnit(row) || !isUnit(column) || Math.abs(dot(row, column)) > 0.01) return undefined;
  const reversed = (direction: readonly number[]) => direction.map((value) => -value);
  return {
    left: lettersOf(reversed(row)),
    right: lettersOf(row),
    top: lettersOf(reversed(column)),
    bottom: lettersOf(column),
  };
}

/** The letters of a direction, the axis that it follows most first. */
function lettersOf(direction: readonly number[]): string {
  return direction
    .map((value, axis) => ({ size: Math.abs(value), letter: present(axes[axis])[value > 0 ? 0 : 1] }))
    .sort((a, b) => b.size - a.size)
    .filter(({ size }, place) => place === 0 || size >= second)
    .map(({ letter }) => letter)
    .join('');
}
