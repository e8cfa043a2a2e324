import { tagOf } from './dictionary/dictionary.js';
import type { DataSet } from './parse/element.js';

/** Functional groups of enhanced images for attributes that other files have at the top level (PS3.3 C.7.6.16.2, C.8.15.3). */
const macroOf: Readonly<Record<string, string>> = {
  RescaleSlope: 'PixelValueTransformationSequence',
  RescaleIntercept: 'PixelValueTransformationSequence',
  RescaleType: 'PixelValueTransformationSequence',
  FrameType: 'CTImageFrameTypeSequence',
  ImagePositionPatient: 'PlanePositionSequence',
  ImageOrientationPatient: 'PlaneOrientationSequence',
  PixelSpacing: 'PixelMeasuresSequence',
  SliceThickness: 'PixelMeasuresSequence',
  SpacingBetweenSlices: 'PixelMeasuresSequence',
  WindowCenter: 'FrameVOILUTSequence',
  WindowWidth: 'FrameVOILUTSequence',
};

/**
 * The data set that holds `keyword` for a frame: the item of its functional group. The frame's own group has priority
 * over the shared one. Undefined where the file has no such group.
 *
 * @param frame counted from 0; undefined for what all frames share
 */
export function functionalGroup(
  { elements }: DataSet,
  keyword: string,
  frame: number | undefined,
): DataSet | undefined {
  const macro = macroOf[keyword];
  if (macro === undefined) return undefined;
  const own =
    frame === undefined ? undefined : groupItem(elements, 'PerFrameFunctionalGroupsSequence', frame);
  const shared = groupItem(elements, 'SharedFunctionalGroupsSequence', 0);
  return groupItem(own?.elements, macro, 0) ?? groupItem(shared?.elements, macro, 0);
}

function groupItem(
  elements: DataSet['elements'] | undefined,
  sequence: string,
  index: number,
): DataSet | undefined {
  const tag = tagOf(sequence);
  return tag === undefined ? undefined : elements?.get(tag)?.items?.[index];
}
