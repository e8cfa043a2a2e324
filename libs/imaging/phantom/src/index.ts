export { BLEED_KINDS, type BleedKind } from './bleeds/bleed.js';
export { DAMAGES, damageFile, type Damage } from './cohort/broken.js';
export { generateSet, setLayout, type GeneratedSet, type GenerateOptions } from './cohort/generate.js';
export { VISIBLE_AREA, visibleKinds, type SliceRecord } from './cohort/labels.js';
export { planCohort, type CohortOptions, type PatientPlan, type SetName } from './cohort/plan.js';
export { createStudy, type Study } from './cohort/study.js';
export { studyTruth, type SliceTruth } from './cohort/truth.js';
export { gallery, type GalleryOptions } from './gallery.js';
export { MASK_BIT, type RenderedSlice, type SliceRenderer } from './render/rendered-slice.js';
