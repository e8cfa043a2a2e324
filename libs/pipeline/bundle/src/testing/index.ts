export { madeUpStudies, makeRoot, smallModel } from './made-up-root.js';
