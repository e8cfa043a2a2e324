import { describe, expect, it } from 'vitest';
import { createBackbone } from './create.js';
import { isBackboneId } from './create.js';

const ops = (network: ReturnType<typeof createBackbone>) => network.nodes.map(({ op }) => op);

describe('createBackbone', () => {
  it('corrects the spelling of an unknown backbone', () => {
    const create = (id: string) => () => {
      // What untyped callers can do: ids come from command lines and files.
      if (!isBackboneId(id)) createBackbone(id as never, { classes: 6 });
    };
    expect(create('EfficientNet_B3')).toThrow(/did you mean 'efficientnet-b3'/);
    expect(create('se_resnext50')).toThrow(/did you mean 'se_resnext50_32x4d'/);
    expect(create('vgg16')).toThrow(/choose one of se_resnext50_32x4d, /);
  });

  it('refuses impossible options', () => {
    expect(() => createBackbone('xception', { classes: 0 })).toThrow(/classes must be a whole number/);
    expect(() => createBackbone('xception', { classes: 6, channels: 1.5 })).toThrow(/channels must be/);
    expect(() => createBackbone('xception', { classes: 6, dropout: 1 })).toThrow(/dropout must be/);
  });

  it('drops as published, as asked, or not at all', () => {
    const rates = (network: ReturnType<typeof createBackbone>, op: 'dropout' | 'dropConnect') =>
      network.nodes.flatMap((node) => (node.op === op ? [node.attributes.rate] : []));
    const published = createBackbone('efficientnet-b0', { classes: 6 });
    expect(rates(published, 'dropout')).toEqual([0.2]);
    // 16 blocks, 9 of them residual; the rate grows with the index of the block: 0.2 * index / 16.
    const indices = [2, 4, 6, 7, 9, 10, 12, 13, 14];
    expect(rates(published, 'dropConnect')).toEqual(indices.map((index) => (0.2 * index) / 16));
    const none = createBackbone('efficientnet-b0', { classes: 6, dropout: 0, dropConnect: 0 });
    expect(ops(none)).not.toContain('dropout');
    expect(ops(none)).not.toContain('dropConnect');
  });

  it('gives the outputs of modules on request', () => {
    const stages = ['layer0', 'layer1.0.se_module', 'layer4'];
    const network = createBackbone('se_resnext50_32x4d', { classes: 6, stages });
    expect(Object.keys(network.outputs)).toEqual(['logits', 'features', ...stages]);
    expect(() => createBackbone('se_resnext50_32x4d', { classes: 6, stages: ['layer5'] })).toThrow(
      /se_resnext50_32x4d has no module 'layer5'/,
    );
  });
});
