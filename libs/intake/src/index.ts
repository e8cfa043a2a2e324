export { defaultArchiveLimits, type ArchiveLimits } from './limits.js';
export type { Found, LeftOut, Source } from './source.js';
export { walk, type Walk, type WalkOptions } from './walk.js';
export { openZip, type Archive } from './zip.js';
