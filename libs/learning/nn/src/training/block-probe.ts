import { OnnxGraph } from '../onnx/graph.js';

/**
 * A model whose output [1, B, 1, 1] has as many channels as onnxruntime puts into a block on this machine (16 with
 * AVX-512, 8 with AVX2); it cannot be loaded on a processor without such blocks.
 */
export function channelBlockProbe(): Uint8Array {
  const graph = new OnnxGraph();
  const x = graph.input('x', [1, 4, 1, 1]);
  const blocks = graph.node('ReorderInput', [x], {}, { domain: 'com.microsoft.nchwc' });
  graph.output('blocks', blocks, [1, 'channels', 1, 1]);
  return graph.encode('channel block');
}
