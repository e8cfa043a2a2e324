import { ellipsoid, step as smooth } from '../shapes.js';

/**
 * HU of the tissue outside the skull: fat under the skin, muscle at the temples, the neck and the face.
 *
 * @param skin distance to the skin, mm (negative inside)
 * @param coarse a field of random waves: planes of fat between the muscles
 * @param scalp thickness of the scalp, mm
 */
export function softTissue(
  x: number,
  y: number,
  z: number,
  skin: number,
  coarse: number,
  scalp: number,
): number {
  const mx = Math.abs(x);
  const muscle = 52 + 4 * coarse;
  const fat = -92;
  const temporalis = ellipsoid(mx - 60, y + 8, z - 2, 21, 46, 52);
  const nuchal = z < 14 ? ellipsoid(mx - 8, y - 84, z + 52, 56, 34, 62) : 60;
  const cheek = z < -20 ? ellipsoid(mx - 30, y + 20, z + 70, 36, 44, 48) : 60;
  const solid = Math.min(temporalis, nuchal, cheek) - 4 * coarse;
  // Skin, then fat, then the muscle or aponeurosis on the bone.
  const cover = skin > -2 ? 1 : skin > -3.4 ? (skin + 3.4) / 1.4 : 0;
  const deep = 1 - smooth(-scalp + 0.2, -scalp + 2.6, skin);
  const inMuscle = Math.min(1, Math.max(0, 0.5 - solid / 9));
  const planes = Math.abs(coarse) < 0.18 && z < -15 ? 0.55 : 0;
  const under = smooth(-2.6, -4.4, skin);
  const value =
    fat + (muscle - fat) * Math.max(inMuscle * (1 - planes) * under, deep * (0.55 + 0.25 * coarse));
  return value + cover * (52 - value) * 0.9;
}
