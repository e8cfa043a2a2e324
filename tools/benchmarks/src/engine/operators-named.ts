import { IchorError } from '@ichor/files';
import type { Operators } from '@ichor/runtime';

/**
 * What `--operators` may name.
 *
 * @throws IchorError `benchmarks/option` for another name
 */
export function operatorsNamed(name: string): Operators {
  if (name === 'public' || name === 'native') return name;
  throw new IchorError({
    code: 'benchmarks/option',
    reason: `--operators: there are no operators ${name}`,
    remedy: 'choose public or native',
  });
}
