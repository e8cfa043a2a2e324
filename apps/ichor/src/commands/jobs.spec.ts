import { UsageError } from '@ichor/cli';
import { expect, it } from 'vitest';
import { chooseJobs } from './jobs.js';

it('shows the jobs that were named, and refuses a name that none has', () => {
  const jobs = ['a:train-fold-0', 'a:predict-fold-0', 'b:train-fold-0'].map((step) => ({ step }));
  expect(chooseJobs(jobs, [])).toEqual(jobs);
  expect(chooseJobs(jobs, ['a:*', 'b:train-*'])).toEqual(jobs);
  expect(chooseJobs(jobs, ['*:predict-*'])).toEqual(jobs.slice(1, 2));
  expect(() => chooseJobs(jobs, ['a:*', 'typo:*'])).toThrow(UsageError);
  expect(() => chooseJobs(jobs, ['a:*', 'typo:*'])).toThrow('typo:*');
  expect(() => chooseJobs([], ['typo'])).toThrow('typo');
});
