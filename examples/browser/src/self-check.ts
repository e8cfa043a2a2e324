import { chosenFolds, labelStratifiedFolds } from '@ichor/folds';
import { rocAuc } from '@ichor/metrics';
import { exportOnnx, initialize, NetworkBuilder } from '@ichor/nn';
import { applyWindows, brainSubduralSoftTissuePlan } from '@ichor/windowing';

/** One number of every package; `test.mjs` compares them with those of Node. */
export function selfCheck() {
  const builder = new NetworkBuilder('tiny');
  const image = builder.input('image', [3, null, null]);
  const map = builder.conv2d(image, 'conv', {
    inChannels: 3,
    outChannels: 8,
    kernel: 3,
    stride: 2,
    padding: 1,
  });
  const features = builder.flatten(builder.globalAvgPool(map));
  builder.output('logits', builder.linear(features, 'classes', { inFeatures: 8, outFeatures: 6 }));
  const network = builder.build();
  const channels = new Float32Array(12);
  const values = Int16Array.of(-1000, 20, 60, 1200);
  applyWindows(brainSubduralSoftTissuePlan, { values, slope: 1, intercept: 0 }, channels);
  return {
    auc: rocAuc([0, 0, 1, 1, 0], [0.1, 0.4, 0.35, 0.8, 0.2]),
    folds: chosenFolds(),
    fold: [
      ...labelStratifiedFolds(
        {
          groups: ['anna', 'anna', 'berta', 'carl', 'dora'],
          labels: [['subdural', 'any'], [], [], ['epidural', 'any'], []],
        },
        { folds: 2, seed: 10 },
      ),
    ],
    channels: [...channels],
    onnx: [...exportOnnx(network, initialize(network, 1))].reduce(
      (sum, byte) => (sum * 31 + byte) % 65521,
      0,
    ),
  };
}
