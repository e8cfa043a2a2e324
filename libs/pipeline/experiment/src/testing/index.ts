export { readCurves, type Curves } from './read-events.js';
