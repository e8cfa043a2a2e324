import { NetworkBuilder, type Network } from '@ichor/nn';

/** The network of section 5.5: dense layers with ReLU and dropout, one output. */
export function denseNetwork(columns: number, hidden: readonly number[], dropout: number): Network {
  const builder = new NetworkBuilder('mlp-stacking');
  let x = builder.input('x', [columns]);
  let inFeatures = columns;
  hidden.forEach((outFeatures, layer) => {
    x = builder.relu(builder.linear(x, `fc${layer + 1}`, { inFeatures, outFeatures }));
    x = builder.dropout(x, dropout, `drop${layer + 1}`);
    inFeatures = outFeatures;
  });
  x = builder.linear(x, `fc${hidden.length + 1}`, { inFeatures, outFeatures: 1 });
  builder.output('logits', x);
  return builder.build();
}
