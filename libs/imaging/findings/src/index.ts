export type { Code } from './codes.js';
export type { Reference } from './content-item.js';
export { keyImage, type KeyImage } from './key-image.js';
export { structuredReport, type Conclusion, type Finding } from './structured-report.js';
export { fitSource, type Origin, type SourceStudy } from './study.js';
export { asUid, isUid, uidFrom } from './uid.js';
