export { measureSpeed } from './speed.js';
export { candidates } from './candidates.js';
export { diagnose, type Diagnosis } from './diagnose.js';
export { fastest, report } from './report.js';
