import { NetworkBuilder } from '@ichor/nn';
import { expect, it } from 'vitest';
import { classifierBias, logOdds } from './initial-bias.js';
import { cosineRate, multiStepRate } from './schedule.js';

it('turns a frequency into a logit, never into one that saturates', () => {
  expect(logOdds(0.25)).toBeCloseTo(Math.log(1 / 3), 12);
  // ln(0.001 / 0.999).
  expect(logOdds(0)).toBeCloseTo(-6.906754778648554, 12);
  expect(logOdds(1)).toBeCloseTo(6.906754778648554, 12);
});

it('finds the bias of the layer that makes the logits', () => {
  const builder = new NetworkBuilder('two');
  const hidden = builder.linear(builder.input('x', [3]), 'first', { inFeatures: 3, outFeatures: 4 });
  builder.output('logits', builder.linear(builder.relu(hidden), 'last', { inFeatures: 4, outFeatures: 2 }));
  const bias = classifierBias(builder.build(), Float32Array.of(1, 2));
  expect([...bias]).toEqual([['last.bias', { shape: [2], data: Float32Array.of(1, 2) }]]);
});

it('lowers the rate at milestones and along a cosine', () => {
  const schedule = { learningRate: 8, milestones: [1, 3], gamma: 0.5 };
  expect([0, 1, 2, 3, 9].map((epoch) => multiStepRate(schedule, epoch))).toEqual([8, 4, 4, 2, 2]);
  expect([0, 0.5, 1].map((part) => cosineRate(3, 1, Math.PI * part))).toEqual([3, expect.closeTo(2, 12), 1]);
});
