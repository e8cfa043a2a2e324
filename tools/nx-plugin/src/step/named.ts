import type { ProjectGraph, TaskGraph } from '@nx/devkit';

/**
 * Whether the user named a task, or the bundle of all folds that it belongs to: no other step of the run waits for it.
 *
 * @param id as in the graph, e.g. `xception:train-fold-0:demo`
 */
export function isNamed(id: string, taskGraph: TaskGraph, projectGraph: ProjectGraph): boolean {
  return Object.entries(taskGraph.dependencies).every(
    ([other, needed]) =>
      !needed.includes(id) ||
      (isBundle(other, taskGraph, projectGraph) && isNamed(other, taskGraph, projectGraph)),
  );
}

function isBundle(id: string, taskGraph: TaskGraph, projectGraph: ProjectGraph): boolean {
  const { project = '', target = '' } = taskGraph.tasks[id]?.target ?? {};
  return projectGraph.nodes[project]?.data.targets?.[target]?.executor === '@ichor/nx-plugin:all-folds';
}
