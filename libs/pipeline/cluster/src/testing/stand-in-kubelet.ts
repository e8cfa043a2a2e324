import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { z } from 'zod';

const container = z.object({
  name: z.string(),
  command: z.array(z.string()),
  workingDir: z.string(),
  env: z.array(
    z.object({
      name: z.string(),
      value: z.string().optional(),
      valueFrom: z.object({ fieldRef: z.object({ fieldPath: z.string() }) }).optional(),
    }),
  ),
});

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({
    nodeName: z.string().optional(),
    initContainers: z.array(container).default([]),
    containers: z.array(container),
  }),
});
type Pod = z.infer<typeof podSchema>;
type Container = z.infer<typeof container>;

/** A pod whose commands run, or have ended. */
interface Started {
  child?: ChildProcess;
  ended: boolean;
}

interface Status {
  readonly name: string;
  readonly state: object;
}

/**
 * Does for the pods of ichor what a kubelet and the scheduler do, without containers: binds them to a node, starts their
 * commands one after another as processes of this machine, sends SIGTERM when they are deleted, and reports to the API server.
 */
export class StandInKubelet {
  readonly #env: NodeJS.ProcessEnv;
  readonly #node: string;
  readonly #pods = new Map<string, Started>();
  #stopped = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(env: NodeJS.ProcessEnv, node: string) {
    this.#env = env;
    this.#node = node;
  }

  async start(): Promise<void> {
    await this.#kubectl(['create', '--filename=-'], {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: this.#node },
    });
    this.#work = this.#watch();
  }

  /** Ends what runs. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { child } of this.#pods.values()) child?.kill('SIGKILL');
    await this.#work;
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      const list = await this.#kubectl(['get', 'pods', '--output=json', '--selector=ichor/submission']);
      for (const pod of z.object({ items: z.array(podSchema) }).parse(JSON.parse(list)).items) {
        await this.#look(pod);
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  async #look(pod: Pod): Promise<void> {
    const { name, uid, deletionTimestamp } = pod.metadata;
    const known = this.#pods.get(uid);
    if (deletionTimestamp !== undefined) {
      known?.child?.kill('SIGTERM');
      if (known === undefined || known.ended) {
        await this.#kubectl([
          'delete',
          'pod',
          name,
          '--force',
          '--grace-period=0',
          '--ignore-not-found',
          '--wait=false',
        ]);
      }
    } else if (known === undefined) {
      const state: Started = { ended: false };
      this.#pods.set(uid, state);
      void this.#run(pod, state).finally(() => (state.ended = true));
    }
  }

  /** Init containers, then the container; the first that fails ends the pod. */
  async #run(pod: Pod, state: Started): Promise<void> {
    const { name } = pod.metadata;
    await this.#kubectl(
      ['create', '--raw', `/api/v1/namespaces/default/pods/${name}/binding`, '--filename=-'],
      {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name },
        target: { apiVersion: 'v1', kind: 'Node', name: this.#node },
      },
    );
    const { initContainers, containers } = pod.spec;
    const done: Status[] = [];
    const report = (phase: string, more: Status[]) =>
      this.#report(name, phase, [...done, ...more], initContainers.length);
    for (const one of [...initContainers, ...containers]) {
      const startedAt = new Date().toISOString();
      await report(done.length < initContainers.length ? 'Pending' : 'Running', [
        { name: one.name, state: { running: { startedAt } } },
      ]);
      const [program = '', ...args] = one.command.map(expand);
      const env = this.#variables(pod, one);
      const child = spawn(program, args, { cwd: one.workingDir, env, stdio: 'ignore' });
      state.child = child;
      const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
      delete state.child;
      const exitCode = code ?? (signal === 'SIGKILL' ? 137 : 143);
      const finishedAt = new Date().toISOString();
      const reason = exitCode === 0 ? 'Completed' : 'Error';
      done.push({ name: one.name, state: { terminated: { exitCode, reason, startedAt, finishedAt } } });
      if (exitCode !== 0) return report('Failed', []);
    }
    await report('Succeeded', []);
  }

  #report(pod: string, phase: string, all: readonly Status[], inits: number): Promise<void> {
    const statuses = all.map((status) => ({
      ready: false,
      restartCount: 0,
      image: 'none',
      imageID: 'none',
      ...status,
    }));
    const status = {
      phase,
      initContainerStatuses: statuses.slice(0, inits),
      containerStatuses: statuses.slice(inits),
    };
    const patch = [
      'patch',
      'pod',
      pod,
      '--subresource=status',
      '--type=merge',
      `--patch=${JSON.stringify({ status })}`,
    ];
    // A pod that was deleted meanwhile.
    return this.#kubectl(patch).then(
      () => undefined,
      (error: unknown) => {
        if (!String(error).includes('NotFound')) throw error;
      },
    );
  }

  /** Of the container alone, except for where programs are. */
  #variables({ metadata, spec }: Pod, { env }: Container): NodeJS.ProcessEnv {
    const field = (path: string): string => {
      const [, kind, key = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
      if (kind === 'labels') return metadata.labels[key] ?? '';
      if (kind === 'annotations') return metadata.annotations[key] ?? '';
      if (path === 'metadata.name') return metadata.name;
      if (path === 'spec.nodeName') return spec.nodeName ?? this.#node;
      throw new Error(`the stand-in for the kubelet does not know ${path}`);
    };
    const given = env.map(({ name, value = '', valueFrom }): [string, string] => [
      name,
      valueFrom === undefined ? expand(value) : field(valueFrom.fieldRef.fieldPath),
    ]);
    return { PATH: process.env['PATH'], HOME: process.env['HOME'], ...Object.fromEntries(given) };
  }

  async #kubectl(args: readonly string[], input?: object): Promise<string> {
    const call = promisify(execFile)('kubectl', args, { env: this.#env, maxBuffer: 1 << 26 });
    call.child.stdin?.end(input === undefined ? '' : JSON.stringify(input));
    return (await call).stdout;
  }
}

/** As Kubernetes does: `$$` is a dollar sign. Nothing of ichor refers to a variable. */
function expand(text: string): string {
  if (/(?<!\$)(\$\$)*\$\(/.test(text)) throw new Error(`${text} refers to a variable`);
  return text.replaceAll('$$', '$');
}
