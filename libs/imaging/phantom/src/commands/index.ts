export { contactSheetCommand } from './contact-sheet.js';
export { generateCommand } from './generate.js';
