// The same loops on a memory that threads share: WebAssembly wants to know it when it compiles.
// asc: --importMemory --sharedMemory --maximumMemory 65536 --enable threads
export { adam, sgd, sumOfSquares } from './optimizer';
