export type { BleedKind } from './bleeds/bleed.js';
export { damageFile, type Damage } from './cohort/broken.js';
export { generateSet, setLayout, type GeneratedSet, type GenerateOptions } from './cohort/generate.js';
export type { SliceRecord } from './cohort/labels.js';
export type { CohortOptions, PatientPlan, SetName } from './cohort/plan.js';
export { createStudy, type Study } from './cohort/study.js';
export { studyTruth, type SliceTruth } from './cohort/truth.js';
export { gallery, type GalleryOptions } from './gallery.js';
export type { RenderedSlice, SliceRenderer } from './render/rendered-slice.js';
