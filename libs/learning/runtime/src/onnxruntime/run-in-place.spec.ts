import { NetworkBuilder, lowerTraining } from '@ichor/nn';
import { expect, it } from 'vitest';
import { onnxRuntime } from './library.js';
import { runInPlace } from './run-in-place.js';

const [WIDTH, CLASSES, MEGABYTE] = [1024, 1024, 2 ** 20];

/** The graph of a linear layer, whose weight gradient has 4 MB. */
async function linear(withSequence: boolean) {
  const builder = new NetworkBuilder('linear');
  const x = builder.input('x', [WIDTH]);
  builder.output('logits', builder.linear(x, 'fc', { inFeatures: WIDTH, outFeatures: CLASSES, bias: false }));
  const network = builder.build();
  const graph = lowerTraining(
    network,
    { x: [1, WIDTH] },
    {
      loss: { kind: 'bce' },
      logits: 'logits',
      trainable: () => true,
      frozenBatchNorm: false,
      dialect: 'cpu',
      withSequence,
    },
  );
  const { Tensor, InferenceSession } = onnxRuntime();
  const tensor = (shape: readonly number[], value: number) =>
    new Tensor('float32', new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value), shape);
  const feeds = {
    'input:x': tensor([1, WIDTH], 2),
    'parameter:fc.weight': tensor([CLASSES, WIDTH], 0),
    targets: tensor([1, CLASSES], 1),
  };
  const port = graph.gradients.get('fc.weight')!;
  const fetches = { loss: tensor([1], 0), [port.port]: tensor(port.shape, 0) };
  return { session: await InferenceSession.create(graph.model), feeds, fetches, graph, port };
}

it('leaves the outputs in the memory of the caller, and no copies of them', async () => {
  const { session, feeds, fetches, graph, port } = await linear(true);
  await runInPlace(session, feeds, fetches, graph.sequence);
  const before = process.memoryUsage().arrayBuffers;
  await runInPlace(session, feeds, fetches, graph.sequence);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MEGABYTE);
  // All logits are 0: the loss is ln 2, and the gradient (sigmoid(0) - 1) / classes times the input.
  expect(fetches['loss'].data[0]).toBeCloseTo(Math.LN2, 5);
  expect(fetches[port.port]!.data[0]).toBeCloseTo((-0.5 * 2) / CLASSES, 9);
});

it('is needed: the binding copies what it has written in place', async () => {
  const { session, feeds, fetches, graph } = await linear(false);
  expect(graph.sequence).toBeUndefined();
  const before = process.memoryUsage().arrayBuffers;
  const kept = await session.run(feeds, fetches);
  expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(4 * MEGABYTE - 1);
  expect(Object.keys(kept)).toHaveLength(2);
});

it('still throws what goes wrong in the run', async () => {
  const { session, feeds, fetches, graph } = await linear(true);
  const wrong = { ...feeds, 'input:x': new (onnxRuntime().Tensor)('float32', new Float32Array(3), [1, 3]) };
  await expect(runInPlace(session, wrong, fetches, graph.sequence)).rejects.toThrow(
    /invalid dimensions|Got: 3/i,
  );
});
