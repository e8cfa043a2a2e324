import { expect, it } from 'vitest';
import { selectSources } from './sources.js';

it('leaves out GPU, MPI and R, and sorts the command line apart', () => {
  expect(
    selectSources([
      'src/main.cpp',
      'src/c_api.cpp',
      'src/application/application.cpp',
      'src/io/cuda/cuda_tree.cpp',
      'src/treelearner/gpu_tree_learner.cpp',
      'src/network/linkers_mpi.cpp',
      'src/boosting/gbdt.h',
    ]),
  ).toEqual({
    library: ['src/c_api.cpp'],
    commandLine: ['src/application/application.cpp', 'src/main.cpp'],
  });
});
