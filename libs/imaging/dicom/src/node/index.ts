export { FileBuffer } from './file-bytes.js';
export { readDicomHeader } from './header.js';
export { readDicom, readDicomSync } from './read.js';
export { readStudies, type StudiesOfFiles } from './read-studies.js';
