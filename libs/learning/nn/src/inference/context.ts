import type { OnnxGraph } from '../onnx/graph.js';
import type { NodeOf } from '../rules.js';
import type { Tensor } from '../tensor.js';

/** What the lowering of one node sees. */
export interface InferenceContext {
  readonly graph: OnnxGraph;
  readonly parameter: (name: string | undefined) => Tensor;
  /** The batch norm that was folded into this node, if any. */
  /** Channels of a block of the provider that will run the graph, where it has blocks. */
  readonly channelBlock: number | undefined;
  readonly folded: NodeOf<'batchNorm'> | undefined;
}
