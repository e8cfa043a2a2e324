export {
  readCheckpoint,
  type Checkpoint,
  type CheckpointFormat,
  type CheckpointOptions,
  type SkippedEntry,
} from './checkpoint.js';
export type { Dtype } from './dtype.js';
export { classifierParameters } from './landmarks.js';
export { WeightsError, type WeightsErrorCode } from './error.js';
export { fetchPublished, publishedWeights, type FetchOptions, type PublishedFile } from './fetch-weights.js';
export {
  describeMatch,
  matchWeights,
  type AdaptedTensor,
  type ChannelRule,
  type MatchOptions,
  type MatchReport,
} from './match.js';
export {
  openSafetensors,
  readSafetensors,
  writeSafetensors,
  type SafetensorsContent,
  type SafetensorsFile,
} from './safetensors.js';
export { type SafetensorsHeader, type TensorEntry } from './safetensors-header.js';
