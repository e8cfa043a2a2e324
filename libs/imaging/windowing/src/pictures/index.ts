export { contactSheet, type ContactSheetOptions } from './contact-sheet.js';
export { drawMarks } from './draw-marks.js';
export { edgeMarks, edges, type EdgeMarks } from './edge-marks.js';
export { heatColors, heatOpacity, overlayHeat, type ColorPicture } from './heat.js';
export { overlayOutline, type Mask } from './outline.js';
export { encodePng, pngDataUrl } from './png.js';
export { enlarge, shrink, type HeatMap } from './resize.js';
export {
  grayPicture,
  displayWindows,
  type DisplayWindow,
  type GrayPicture,
  type HounsfieldSlice,
} from './gray.js';
