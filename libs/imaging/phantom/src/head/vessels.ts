import type { Random } from '../random.js';
import type { Device } from './device.js';

type Vector = readonly [x: number, y: number, z: number];

/** A vessel: points along it, and its radius. Head coordinates, of the left side where it is paired; mm. */
interface Course {
  readonly points: readonly Vector[];
  readonly radius: number;
}

const basilar: Course = {
  points: [
    [0, -4, -50],
    [1, -6, -36],
    [0, -8, -22],
  ],
  radius: 1.7,
};
const straightSinus: Course = {
  points: [
    [0, 28, 11],
    [0, 45, 8],
    [0, 66, 1],
  ],
  radius: 2.2,
};
/** Siphon with the middle and the anterior cerebral artery, the posterior cerebral artery, the internal cerebral vein. */
const paired: readonly Course[] = [
  {
    points: [
      [8, -20, -24],
      [9, -21, -17],
      [21, -22, -16],
      [34, -24, -9],
      [41, -16, 0],
    ],
    radius: 1.4,
  },
  {
    points: [
      [9, -21, -17],
      [2, -29, -14],
      [1.5, -42, -4],
      [1.5, -44, 12],
    ],
    radius: 1,
  },
  {
    points: [
      [0, -8, -22],
      [12, -4, -21],
      [17, 10, -18],
      [14, 24, -12],
    ],
    radius: 1,
  },
  {
    points: [
      [1.5, -10, 10],
      [1.5, 12, 13],
      [0, 28, 11],
    ],
    radius: 1,
  },
];

/**
 * Blood in arteries and veins at the base of the brain and in the midline, which is brighter than the fluid around it, and in half of the
 * heads wide, winding or dense (hematocrit): 40 to 66 HU. It is no bleed.
 */
export function drawVessels(random: Random): readonly Device[] {
  const density = random.chance(0.5) ? random.between(40, 50) : random.between(50, 66);
  const width = random.between(0.8, 1.5);
  const winding = random.chance(0.5) ? 1 : 3;
  const wind =
    (side: number) =>
    (point: Vector): Vector => [
      side * point[0] + random.around(0, 0.5 * winding),
      point[1] + random.around(0, 0.5 * winding),
      point[2] + random.around(0, 0.5 * winding),
    ];
  const rods = ({ points, radius }: Course, side: number): Device[] => {
    const way = points.map(wind(side));
    return way.slice(1).map((to, i) => ({
      from: way[i] ?? to,
      to,
      radius: radius * width,
      density,
      streaks: 0,
      onlyBrighter: true,
    }));
  };
  return [
    ...rods(basilar, 1),
    ...rods(straightSinus, 1),
    ...[-1, 1].flatMap((side) => paired.flatMap((course) => rods(course, side))),
  ];
}
