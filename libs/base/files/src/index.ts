export { copyFileAtomic, openAtomic, writeFileAtomic, type AtomicFile } from './atomic.js';
export { readVariable, variables } from './environment.js';
export { IchorError, type IchorErrorDetails } from './error.js';
export { errorOf, failureOf, type Failure } from './failure.js';
export { acquireLock, type Lock, type LockOptions } from './lock.js';
export { isThere, isThereSync, listEntries, listFolder, readTextFile } from './look.js';
export { printable, printableLine } from './printable.js';
export { describeSystemError, isNotThere, notReadable, notWritable, systemCode } from './system-error.js';
export { isTemporary, removeDeadTemporaries, removeTemporaries } from './temporary.js';
