import { afterEach, expect, it, vi } from 'vitest';
import { readVariable } from './environment.js';

afterEach(() => {
  vi.unstubAllEnvs();
});

it('reads a value that is set, and treats a blank value as not set', () => {
  vi.stubEnv('ICHOR_FOLDS', '0,1');
  expect(readVariable('folds')).toBe('0,1');
  vi.stubEnv('ICHOR_FOLDS', ' ');
  expect(readVariable('folds')).toBeUndefined();
  vi.stubEnv('ICHOR_FOLDS', undefined);
  expect(readVariable('folds')).toBeUndefined();
});
