import { expect, it } from 'vitest';
import { environmentWithoutJob, jobIdentity } from './identity.js';

const slurm = { SLURM_JOB_ID: '9', SLURM_ARRAY_JOB_ID: '8', SLURM_ARRAY_TASK_ID: '2' };
const pod = { POD_NAME: 'j-1-abc', JOB_COMPLETION_INDEX: '1', JOB_UID: 'u' };

it('knows the job from the variables of its scheduler', () => {
  expect(jobIdentity({ ...slurm, SLURM_RESTART_COUNT: '3' }, [0, 2])).toMatchObject({
    ...{ job: '8_2', index: 2, restarts: 3 },
  });
  expect(jobIdentity(pod, [0, 4])).toMatchObject({ job: 'j-1-abc', lock: 'kubernetes u 1', index: 4 });
});

it.each([slurm, pod])('within a job, the steps of another command are not that job: %o', (variables) => {
  const env = environmentWithoutJob({ ...variables, PATH: '/bin' });
  expect(env).toEqual({ PATH: '/bin' });
  expect(jobIdentity(env, [5])).toMatchObject({ index: 5, lock: undefined });
});
