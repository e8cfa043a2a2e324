import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { missingInstructions } from './processor.js';

/** Where the library is, or in words why there is none to load. */
export type NativeOperators = { readonly library: string } | { readonly missing: string };

/** From `src` and from `dist`. */
const LIBRARY = fileURLToPath(new URL('../dist/ichor-operators.so', import.meta.url));

/** The library of operators for onnxruntime (domain `ichor`), if this machine can run it. Never throws. */
export function nativeOperators(): NativeOperators {
  return nativeOperatorsOf({
    system: `${process.platform}-${process.arch}`,
    cpuinfo: () => readFileSync('/proc/cpuinfo', 'utf8'),
    library: LIBRARY,
  });
}

/** What decides whether the library can run. */
interface Machine {
  /** Such as `linux-x64`. */
  readonly system: string;
  readonly cpuinfo: () => string;
  readonly library: string;
}

export function nativeOperatorsOf({ system, cpuinfo, library }: Machine): NativeOperators {
  if (system !== 'linux-x64') return { missing: `native operators exist for linux-x64, this is ${system}` };
  let instructions: readonly string[];
  try {
    instructions = missingInstructions(cpuinfo());
  } catch (error) {
    return { missing: `native operators need AVX-512, and /proc/cpuinfo cannot be read: ${String(error)}` };
  }
  if (instructions.length > 0) {
    return { missing: `native operators need AVX-512; the processor has no ${instructions.join(', ')}` };
  }
  if (!existsSync(library)) {
    return {
      missing: `native operators are not compiled: \`npm run build\` does it where there is a C++ compiler`,
    };
  }
  return { library };
}
