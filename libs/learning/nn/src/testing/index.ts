export { referenceLoss, referenceOutput, type ReferenceMode, type ReferenceState } from './reference.js';
export { toTensor64, type Tensor64 } from './tensor64.js';
export { gradientError, gradientErrors, type GradientCheck } from './gradient-check.js';
export { CASE_CLASSES, opCases, type OpCase } from './op-cases.js';
export { exactly, opData, type OpData } from './op-data.js';
