export { commonOptions } from './options.js';
export { predictCommand } from './predict.js';
export { trainCommand } from './train.js';
