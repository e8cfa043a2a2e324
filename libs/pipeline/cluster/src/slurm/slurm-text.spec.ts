import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { JobArray } from '../plan/arrays.js';
import { defaultClusterSettings } from '../settings/cluster-file.js';
import { accountingArguments, parseAccounting } from './accounting.js';
import { parseQueue } from './queue.js';
import { sbatchCall, sbatchText, type SbatchContext } from './sbatch.js';

const array: JobArray = {
  name: 'xception.predict',
  single: false,
  tasks: [0, 3].map((index) => ({ index, step: `xception:predict-fold-${index}` })),
  after: [
    { kind: 'corresponding', array: 'xception.train' },
    { kind: 'some', array: 'b.train', indices: [1, 2] },
    { kind: 'all', array: 'c.train' },
    { kind: 'earlier', jobs: ['7_1', '9'] },
  ],
  resources: { partition: 'gpu', gpus: 2, gpuType: 'a100', cores: 8, memory: 24_576, time: 129_600 },
};
const context: SbatchContext = {
  slurm: {
    ...defaultClusterSettings.slurm,
    account: 'mri',
    exclude: ['n1', 'n[3-4]'],
    setup: ['module load cuda/12'],
  },
  workspace: '/w',
  folder: "/d/it's 50%/1",
  logs: "/d/it's 50%/logs",
  node: '/usr/bin/node',
  program: '/w/run-job.js',
  jobId: (name) => ({ 'xception.train': '11', 'b.train': '12', 'c.train': '13' })[name] ?? '?',
};

it('submits an array by one call, without a shell', () => {
  const { args, script } = sbatchCall(array, context);
  expect(args).toEqual([
    '--parsable',
    '--job-name=ichor-xception.predict',
    '--array=0,3',
    '--dependency=aftercorr:11,afterok:12_1:12_2,afterok:13,afterok:7_1:9',
    '--kill-on-invalid-dep=yes',
    '--partition=gpu',
    '--account=mri',
    '--exclude=n1,n[3-4]',
    '--nodes=1',
    '--ntasks=1',
    '--cpus-per-task=8',
    '--mem=24576M',
    '--time=1-12:00:00',
    '--gres=gpu:a100:2',
    '--requeue',
    '--signal=B:USR2@180',
    '--chdir=/w',
    // sbatch(1): %% is a percent sign, %a the index of the task.
    "--output=/d/it's 50%%/logs/xception.predict-fold-%a.log",
    '--open-mode=append',
  ]);
  expect(script).toBe(
    "#!/bin/sh\nmodule load cuda/12\nexec '/usr/bin/node' '/w/run-job.js' '/d/it'\\''s 50%/1' 'xception.predict'\n",
  );
});

it('asks for no GPU and no array where there is none', () => {
  const single: JobArray = {
    ...array,
    name: 'submission.make',
    single: true,
    tasks: [{ index: 0, step: 'submission:make' }],
    after: [],
    resources: { ...array.resources, gpus: 0, gpuType: undefined, partition: undefined },
  };
  const text = sbatchCall(single, { ...context, logs: '/logs' }).args.join(' ');
  expect(text).not.toMatch(/--array|--gres|--partition|--dependency|kill-on/);
  expect(text).toContain('--output=/logs/submission.make.log');
});

it('hands paths to a shell as they are, whatever they hold', () => {
  const folder = '/d/$(touch x)`y`; "z" \' !';
  const { script } = sbatchCall(array, {
    ...context,
    folder,
    node: 'printf',
    program: '%s\\n%s\\n',
    slurm: { ...context.slurm, setup: [] },
  });
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(`${folder}\nxception.predict\n`);
  // What --dry-run prints gives the same words.
  const text = sbatchText(sbatchCall(array, { ...context, folder }));
  const words = execFileSync('sh', ['-c', text.replace(/^sbatch/, "printf '%s\\n'")], { encoding: 'utf8' });
  expect(words.trimEnd().split('\n')).toEqual([...sbatchCall(array, { ...context, folder }).args]);
});

it('reads squeue', () => {
  // From squeue 22.05 --array --states=all.
  const output = [
    '1_0|COMPLETED|UNLIMITED|n1|None|ichor-a.train',
    '1_1|RUNNING|2-03:00:59|n2|None|ichor-a.train',
    '2_1|CANCELLED|9:30||DependencyNeverSatisfied|ichor-a.predict',
    '3|PENDING|1:00:00||Dependency|ichor-submission.make',
    '4_[2-4]|PENDING|1:00||Priority|somebody|else',
    'slurm_load_jobs error: x',
    '',
  ].join('\n');
  expect(parseQueue(output)).toEqual([
    {
      job: '1_0',
      state: 'COMPLETED',
      limitLeft: undefined,
      node: 'n1',
      reason: undefined,
      name: 'ichor-a.train',
    },
    {
      job: '1_1',
      state: 'RUNNING',
      limitLeft: 183_659,
      node: 'n2',
      reason: undefined,
      name: 'ichor-a.train',
    },
    {
      job: '2_1',
      state: 'CANCELLED',
      limitLeft: 570,
      node: undefined,
      reason: 'DependencyNeverSatisfied',
      name: 'ichor-a.predict',
    },
    {
      job: '3',
      state: 'PENDING',
      limitLeft: 3600,
      node: undefined,
      reason: 'Dependency',
      name: 'ichor-submission.make',
    },
  ]);
});

it('reads sacct', () => {
  expect(accountingArguments(['1_0', '3']).join(' ')).toContain('--jobs=1_0,3');
  // The form of sacct(1) with --parsable2: the task, then its steps.
  const output = [
    '1_0|COMPLETED|3600|07:12:00||n1',
    '1_0.batch|COMPLETED|3600|07:12:00|2097152K|n1',
    '1_0.extern|COMPLETED|3600|00:00.001|0|n1',
    '1_1|OUT_OF_MEMORY|12|1-00:00:01||n2',
    '1_1.batch|OUT_OF_MEMORY|12|00:10.5|1.5G|n2',
    '3|CANCELLED by 1000|0|00:00:00||None assigned',
  ].join('\n');
  expect(parseAccounting(output)).toEqual([
    { job: '1_0', state: 'COMPLETED', elapsed: 3600, cpuSeconds: 25_920, peakMemory: 2 ** 31, node: 'n1' },
    {
      job: '1_1',
      state: 'OUT_OF_MEMORY',
      elapsed: 12,
      cpuSeconds: 86_401,
      peakMemory: 1.5 * 2 ** 30,
      node: 'n2',
    },
    { job: '3', state: 'CANCELLED', elapsed: 0, cpuSeconds: 0, peakMemory: undefined, node: undefined },
  ]);
});
