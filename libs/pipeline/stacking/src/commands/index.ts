export { stackCommand } from './stack.js';
