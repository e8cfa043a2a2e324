export { tinyDicom } from './tiny-dicom.js';
export { tinyModel, tinyNetwork } from './tiny-model.js';
