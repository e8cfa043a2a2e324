/** What the library is compiled for: `x86-64-v4`. */
const INSTRUCTIONS = ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'];

/**
 * The instructions of the library that a processor does not have.
 *
 * @param cpuinfo text of /proc/cpuinfo; without a line of flags all are missing
 */
export function missingInstructions(cpuinfo: string): readonly string[] {
  const [, flags = ''] = /^flags\s*:(.*)$/m.exec(cpuinfo) ?? [];
  const found = new Set(flags.trim().split(/\s+/));
  return INSTRUCTIONS.filter((instruction) => !found.has(instruction));
}
