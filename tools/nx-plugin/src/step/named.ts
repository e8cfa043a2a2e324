import type { ProjectGraph, TaskGraph } from '@nx/devkit';

/** What the user meant with a run: which task is named, and of which model. */
export interface Naming {
  readonly named: boolean;
  readonly ofNamedModel: boolean;
}

/**
 * Whether the user named a task, or the bundle of all folds that it belongs to: no other step of the run waits for it. And
 * whether one of the named tasks is of the same project.
 *
 * @param id as in the graph, e.g. `xception:train-fold-0:demo`
 */
export function namingOf(id: string, taskGraph: TaskGraph, projectGraph: ProjectGraph): Naming {
  const project = taskGraph.tasks[id]?.target.project;
  const ofProject = Object.values(taskGraph.tasks).filter(({ target }) => target.project === project);
  return {
    named: isNamed(id, taskGraph, projectGraph),
    ofNamedModel: ofProject.some((task) => isNamed(task.id, taskGraph, projectGraph)),
  };
}

function isNamed(id: string, taskGraph: TaskGraph, projectGraph: ProjectGraph): boolean {
  return Object.entries(taskGraph.dependencies).every(
    ([other, needed]) =>
      !needed.includes(id) ||
      (isBundle(other, taskGraph, projectGraph) && isNamed(other, taskGraph, projectGraph)),
  );
}

function isBundle(id: string, taskGraph: TaskGraph, projectGraph: ProjectGraph): boolean {
  const { project = '', target = '' } = taskGraph.tasks[id]?.target ?? {};
  const executor = projectGraph.nodes[project]?.data.targets?.[target]?.executor;
  return executor?.startsWith('@ichor/nx-plugin:all-') ?? false;
}
