export { encode, file, slice, words, type TestElement } from './build.js';
export { elementsOf, type TestDataSet } from './data-set.js';
