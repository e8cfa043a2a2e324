export { encode, file, slice, words, type TestElement } from './build.js';
