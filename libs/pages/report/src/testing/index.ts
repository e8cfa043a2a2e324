export { browserPath, launchBrowser } from './browser.js';
