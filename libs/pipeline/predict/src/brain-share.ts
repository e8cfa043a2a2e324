import { setImmediate as nextTurn } from 'node:timers/promises';
import { brainWindow, windowBounds } from '@ichor/windowing';
import type { HounsfieldSlice } from '@ichor/windowing/pictures';

/** Range of brain, blood and CSF, HU. It includes muscle, so bone is required as well. */
const soft = windowBounds(brainWindow);
const bone = 300;

/** Air around and inside the head lies below this, and above it where the scale is shifted by 1,024 HU. */
const air = -200;

/** Shares of a slice's pixels; a slice through the middle of a head has about 0.25, 0.08 and 0.4. */
const leastSoft = 0.05;
const leastBone = 0.005;
const leastAir = 0.005;

/**
 * A warning when no slice looks like a head: attributes can be wrong, pixels cannot.
 *
 * @param slices made one at a time, up to the first that does
 */
export async function brainWarning(slices: readonly (() => HounsfieldSlice)[]): Promise<string[]> {
  for (const slice of slices) {
    if (looksLikeHead(slice())) return [];
    // A series that shows no head may have hundreds of slices.
    await nextTurn();
  }
  return [
    'no slice shows brain inside bone, and air, at their Hounsfield units: these probabilities may be meaningless',
  ];
}

function looksLikeHead({ data }: HounsfieldSlice): boolean {
  let softPixels = 0;
  let bonePixels = 0;
  let airPixels = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value >= soft.low && value <= soft.high) softPixels++;
    else if (value >= bone) bonePixels++;
    else if (value < air) airPixels++;
  }
  const least = (pixels: number, share: number) => pixels >= share * data.length;
  return least(softPixels, leastSoft) && least(bonePixels, leastBone) && least(airPixels, leastAir);
}
