export { copyFileAtomic, openAtomic, writeFileAtomic, type AtomicFile } from './atomic.js';
export { IchorError, type IchorErrorDetails } from './error.js';
export { acquireLock, type Lock, type LockOptions } from './lock.js';
