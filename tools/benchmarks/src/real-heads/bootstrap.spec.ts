import { describe, expect, it } from 'vitest';
import { bootstrapAuc } from './bootstrap.js';

const cluster = (truth: number[], score: number[]) => ({ truth, score });

describe('bootstrapAuc', () => {
  it('is certain where every draw separates the classes', () => {
    const clusters = [cluster([1, 0], [0.9, 0.1]), cluster([1, 0], [0.8, 0.2]), cluster([0], [0.3])];
    expect(bootstrapAuc(clusters, 200)).toEqual({ auc: 1, low: 1, high: 1 });
  });

  it('draws clusters, not cases: the AUC is that of one or of both, and nothing between', () => {
    // Each alone: 1 and 0. Both together: pairs (0.9, 0.5) and (0.9, 0.1) right, (0.4, 0.5) wrong, (0.4, 0.1) right: 3 of 4.
    const good = cluster([1, 0], [0.9, 0.1]);
    const bad = cluster([1, 0], [0.4, 0.5]);
    const { auc, low, high } = bootstrapAuc([good, bad], 400);
    expect([low, auc, high]).toEqual([0, 0.75, 1]);
  });

  it('is the same for the same seed, and leaves out draws without one of the classes', () => {
    const clusters = [cluster([1], [0.6]), cluster([0], [0.5]), cluster([0], [0.7])];
    expect(bootstrapAuc(clusters, 100, 3)).toEqual(bootstrapAuc(clusters, 100, 3));
    expect(bootstrapAuc([cluster([1], [0.5])], 10).low).toBeNaN();
  });
});
