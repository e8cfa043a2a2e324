export { defaultArchiveLimits, type ArchiveLimits } from './limits.js';
export type { Found, LeftOut, Source } from './source.js';
export { walk, type Walk, type WalkOptions } from './walk.js';
export { openZip, type Archive } from './zip.js';
export { selectSeries, type Selection, type SeriesCandidate } from './select.js';
export { planStudies, type Intake, type IntakeOptions } from './studies.js';
export type { OtherSeries, StudyPlan, StudySlice, UnfitStudy } from './study-plan.js';
