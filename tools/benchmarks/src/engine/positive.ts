import { IchorError } from '@ichor/files';

/** The value of an option that is a whole number above 0. */
export function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new IchorError({
    code: 'benchmarks/option',
    reason: `--${name} ${text} is not a whole number above 0`,
  });
}
