export { runStackerPackage } from './stacker-package.js';
export { stackCommand } from './stack.js';
