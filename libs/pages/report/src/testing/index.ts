export { browserPath, launchBrowser } from './browser.js';
export { pageFaults } from './page-faults.js';
