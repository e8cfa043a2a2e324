export { BLEED_KINDS, type BleedKind } from './bleeds/bleed.js';
export { DAMAGES, damageFile, type Damage } from './cohort/broken.js';
export { generateSet, setLayout, type GeneratedSet, type GenerateOptions } from './cohort/generate.js';
export { VISIBLE_AREA, visibleKinds, type SliceRecord } from './cohort/labels.js';
export { planCohort, type CohortOptions, type PatientPlan, type SetName } from './cohort/plan.js';
export { createStudy, type Study } from './cohort/study.js';
export { contactSheet } from './pictures/contact-sheet.js';
export { grayscalePng, type GrayImage } from './pictures/grayscale-png.js';
export {
  BONE,
  BRAIN,
  SUBDURAL,
  windowToGray,
  type DisplayWindow,
  type HounsfieldImage,
} from './pictures/window-gray.js';
export { MASK_BIT, type RenderedSlice, type SliceRenderer } from './render/slice.js';
