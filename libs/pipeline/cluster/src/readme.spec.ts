import { expect, it } from 'vitest';
import { defaultClusterSettings, jobArrays, resourcesOf, sbatchCall, sbatchText } from './index.js';

it('does what the README shows first', () => {
  const step = (target: string, needs: string[]) => ({
    id: `xception:${target}`,
    project: 'xception',
    target,
    kind: target.startsWith('train') ? ('train' as const) : ('predict' as const),
    folder: 'intermediate_output/xception',
    needs,
    done: false,
  });
  const steps = [0, 1].flatMap((fold) => [
    step(`train-fold-${fold}`, []),
    step(`predict-fold-${fold}`, [`xception:train-fold-${fold}`]),
  ]);
  const arrays = jobArrays(steps, { resources: (one) => resourcesOf(one, defaultClusterSettings) });
  const texts = arrays.map((array) =>
    sbatchText(
      sbatchCall(array, {
        slurm: defaultClusterSettings.slurm,
        workspace: '/shared/ichor',
        folder: '/shared/data/output/jobs/1',
        logs: '/shared/data/output/jobs/logs',
        node: '/usr/bin/node',
        program: '/shared/ichor/libs/pipeline/cluster/dist/bin/run-job.js',
        jobId: (name) => (name === 'xception.train' ? '17' : '18'),
      }),
    ),
  );
  expect(texts).toHaveLength(2);
  expect(texts[1]).toContain('--array=0,1 --dependency=aftercorr:17 --kill-on-invalid-dep=yes');
});
