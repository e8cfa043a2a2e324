export { nativeOperators, type NativeOperators } from './library.js';
