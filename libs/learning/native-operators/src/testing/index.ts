export { nativeRunner } from './run-native.js';
