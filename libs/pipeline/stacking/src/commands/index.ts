export { runStackerPackage } from './stacker-package.js';
