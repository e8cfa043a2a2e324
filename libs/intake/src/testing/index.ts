export { makeSlice } from './made-up-slice.js';
export { makeZip, type ZipEntry } from './made-up-zip.js';
