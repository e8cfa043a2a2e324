export { makeDicomdir } from './made-up-dicomdir.js';
export { headSize, makeHead } from './made-up-head.js';
export { makeSlice } from './made-up-slice.js';
export { makeZip, type ZipEntry } from './made-up-zip.js';
