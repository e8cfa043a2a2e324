export { copyFileAtomic, openAtomic, writeFileAtomic, type AtomicFile } from './atomic.js';
export { IchorError, type IchorErrorDetails } from './error.js';
