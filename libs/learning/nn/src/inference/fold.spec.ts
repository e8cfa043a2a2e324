import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from '../builder.js';
import { batchNormAffine, foldAffine, foldableNorms, liveNodes } from './fold.js';

describe('foldableNorms', () => {
  it('folds a batch norm that alone reads a layer', () => {
    const b = new NetworkBuilder('net');
    const x = b.input('x', [2, null, null]);
    const conv = (path: string) => b.conv2d(x, path, { inChannels: 2, outChannels: 2, kernel: 1 });
    const norm = (y: number, path: string) => b.batchNorm(y, path, { channels: 2 });
    const [alone, shared, shown] = [conv('alone'), conv('shared'), conv('shown')];
    const sum = b.add(norm(alone, 'n1'), b.add(norm(shared, 'n2'), shared));
    const total = b.add(sum, b.add(norm(shown, 'n3'), norm(b.relu(x), 'n4')));
    b.output('total', total);
    b.output('shown', shown);
    const { nodes, outputs } = b.build();
    const folds = foldableNorms(nodes, Object.values(outputs));
    expect([...folds.values()].map(({ name }) => name)).toEqual(['n1']);
  });
});

describe('foldAffine', () => {
  it('moves scale and shift into weights and bias', () => {
    // gamma / sqrt(var + eps) = 3 / 2 and 1 / 4; shift = beta - mean * scale.
    const affine = batchNormAffine(
      Float32Array.of(3, 1),
      Float32Array.of(1, 0),
      Float32Array.of(2, -4),
      Float32Array.of(3, 15),
      1,
    );
    expect([...affine.scale]).toEqual([1.5, 0.25]);
    expect([...affine.shift]).toEqual([-2, 1]);
    const { weight, bias } = foldAffine(Float32Array.of(1, 2, 4, 8), Float32Array.of(10, 20), affine);
    expect([...weight]).toEqual([1.5, 3, 1, 2]);
    expect([...bias]).toEqual([13, 6]);
  });
});

describe('liveNodes', () => {
  it('leaves out what the outputs do not need', () => {
    const b = new NetworkBuilder('net');
    const x = b.input('x', [2]);
    b.sigmoid(x);
    const y = b.relu(x);
    b.output('y', y);
    expect(liveNodes(b.build(), [y]).map(({ op }) => op)).toEqual(['relu']);
  });
});
