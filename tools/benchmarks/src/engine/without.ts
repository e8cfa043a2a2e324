import { IchorError } from '@ichor/files';
import { float32Variants } from './protocol.js';

/** What `--without` may name: variants of the peer, and `int8`, Ichor in 8 bits. */
const known: readonly string[] = [...float32Variants.infer, 'bf16', 'openvino-int8', 'int8'];

/** @throws IchorError `benchmarks/option` for another name: a misspelled one would be measured */
export function withoutNamed(value: string | undefined): string[] {
  const names = value?.split(',') ?? [];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new IchorError({
      code: 'benchmarks/option',
      reason: `--without: there is no variant ${unknown.join(', ')}`,
      remedy: `choose of ${known.join(', ')}`,
    });
  }
  return names;
}
