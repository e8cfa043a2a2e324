/** Events of onnxruntime's profiler (Chrome's trace format): those of kernels are read. */
export interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    /** Of each input: its type and its shape. */
    readonly input_type_shape?: readonly Shapes[];
    readonly output_type_shape?: readonly Shapes[];
  };
}

type Shapes = Readonly<Record<string, readonly number[]>>;

export interface NodeTime {
  readonly node: string;
  readonly operator: string;
  /** Milliseconds in the kernel, the least of the runs. */
  readonly milliseconds: number;
  /** For example `8x64x32x32 64x64x1x1 -> 8x64x32x32`. */
  readonly shapes: string;
}

const KERNEL = '_kernel_time';

/**
 * The time of every node, the least of the runs after the first ones.
 *
 * @param ignored number of runs at the start that do not count: they allocate memory
 */
export function nodeTimes(events: readonly ProfileEvent[], ignored: number): NodeTime[] {
  const byNode = new Map<string, ProfileEvent[]>();
  for (const event of events) {
    if (event.cat !== 'Node' || !event.name.endsWith(KERNEL)) continue;
    const node = event.name.slice(0, -KERNEL.length);
    const known = byNode.get(node);
    if (known === undefined) byNode.set(node, [event]);
    else known.push(event);
  }
  return [...byNode].flatMap(([node, all]) => {
    const counted = all.slice(ignored);
    const [first] = counted;
    if (first === undefined) return [];
    const { op_name: operator = 'unknown', input_type_shape, output_type_shape } = first.args ?? {};
    return [
      {
        node,
        operator,
        milliseconds: Math.min(...counted.map(({ dur }) => dur)) / 1000,
        shapes: `${shapesOf(input_type_shape)} -> ${shapesOf(output_type_shape)}`,
      },
    ];
  });
}

function shapesOf(tensors: readonly Shapes[] = []): string {
  return tensors.flatMap((tensor) => Object.values(tensor).map((shape) => shape.join('x'))).join(' ');
}

export interface OperatorTime {
  readonly operator: string;
  readonly nodes: number;
  readonly milliseconds: number;
}

/** Sums over the nodes of each operator, the longest first. */
export function byOperator(times: readonly NodeTime[]): OperatorTime[] {
  const sums = new Map<string, OperatorTime>();
  for (const { operator, milliseconds } of times) {
    const before = sums.get(operator) ?? { operator, nodes: 0, milliseconds: 0 };
    sums.set(operator, {
      operator,
      nodes: before.nodes + 1,
      milliseconds: before.milliseconds + milliseconds,
    });
  }
  return [...sums.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
