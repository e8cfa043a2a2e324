import type { HounsfieldSlice } from '@ichor/windowing/pictures';

/** Brain, blood and CSF lie here, HU; so does muscle, therefore bone is asked for as well. */
const soft = [0, 80] as const;
const bone = 300;

/** Shares of a slice's pixels; a slice through the middle of a head has about 0.25 and 0.08. */
const leastSoft = 0.05;
const leastBone = 0.005;

/**
 * A warning when no slice looks like a head: attributes can be wrong, pixels cannot.
 *
 * @param slices made one at a time, up to the first that does
 */
export function brainWarning(slices: readonly (() => HounsfieldSlice)[]): string[] {
  if (slices.some((slice) => looksLikeHead(slice()))) return [];
  return ['no slice shows brain inside bone: these probabilities may mean nothing'];
}

function looksLikeHead({ data }: HounsfieldSlice): boolean {
  let softPixels = 0;
  let bonePixels = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value >= soft[0] && value <= soft[1]) softPixels++;
    else if (value >= bone) bonePixels++;
  }
  return softPixels >= leastSoft * data.length && bonePixels >= leastBone * data.length;
}
