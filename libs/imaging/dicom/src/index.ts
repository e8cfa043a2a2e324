export type { DicomAttributes, Vector3 } from './attributes.js';
export { DicomError, type DicomErrorCode, type DicomErrorDetails } from './error.js';
export { hounsfield, type HounsfieldImage } from './hounsfield.js';
export { rescaleOf, unitObjection, type Rescale, type UnitAttributes } from './hounsfield-unit.js';
export { defaultLimits, type Limits } from './limits.js';
export { undoPixelWrapAround, type UnwrappedPixels } from './pixel-wrap-around.js';
export type { DataSetParser, ParsedDataSet } from './parse/data-set.js';
export type { DataSet, Element, Encoding } from './parse/element.js';
export type { StoredArray } from './pixels/layout.js';
export type { Pixels } from './pixels/pixel-source.js';
export { parseDicom, type DicomFile, type ReadOptions } from './read.js';
export { transferSyntaxes, type PixelCoding, type TransferSyntax } from './transfer-syntax.js';
export type { PlainRecord, PlainScalar, PlainValue } from './values/plain-values.js';
export {
  histogram,
  shareWithin,
  storedStatistics,
  windowStatistics,
  type Histogram,
  type Statistics,
} from './statistics.js';
export { fileWindow } from './window.js';
export { parseDicomHeader, type DicomHeader, type FileStart } from './header.js';
export { assembleStudies } from './study/assemble.js';
export type {
  Assembly,
  Duplicate,
  Gap,
  LeftOut,
  LeftOutReason,
  PlacedSlice,
  PlacingAttributes,
  Series,
  Slice,
  Study,
} from './study/study.js';
