import { elementCount, type Shape, type StateDict, type Tensor } from '@ichor/nn';
import type { Fixture, FixtureParameter } from './fixture.js';
import { generate } from './values.js';

/** The weights that the fixture was computed with: every number follows from its parameter's name. */
export function fixtureState({ parameters, convGain }: Pick<Fixture, 'parameters' | 'convGain'>): StateDict {
  return new Map(parameters.map((parameter) => [parameter.name, parameterTensor(parameter, convGain)]));
}

/** The image batch of a fixture, in -1..1. */
export function fixtureInput(shape: Shape): Tensor {
  return filled('input', shape, (u) => 2 * u - 1);
}

/** Targets of the loss: t[n][k] = 1 where (7n + 3k) mod 5 < 2. */
export function fixtureTargets(samples: number, classes: number): Tensor {
  const data = Float32Array.from({ length: samples * classes }, (_, i) => {
    const sample = Math.floor(i / classes);
    return (7 * sample + 3 * (i % classes)) % 5 < 2 ? 1 : 0;
  });
  return { shape: [samples, classes], data };
}

/** Weights of the classes in the loss: `any` counts twice among six, five classes count alike. */
export function fixtureClassWeights(classes: number): number[] {
  return Array.from({ length: classes }, (_, k) => (classes === 6 && k === 0 ? 2 : 1));
}

function parameterTensor({ name, shape, kind }: FixtureParameter, convGain: number): Tensor {
  const fanIn = elementCount(shape.slice(1));
  switch (kind) {
    case 'conv':
      return symmetric(name, shape, convGain * Math.sqrt(6 / fanIn));
    case 'linear':
      return symmetric(name, shape, Math.sqrt(3 / fanIn));
    case 'gamma':
    case 'runningVar':
      return filled(name, shape, (u) => 0.5 + u);
    case 'beta':
    case 'bias':
    case 'runningMean':
      return symmetric(name, shape, 0.1);
  }
}

function symmetric(name: string, shape: Shape, bound: number): Tensor {
  return filled(name, shape, (u) => (2 * u - 1) * bound);
}

function filled(name: string, shape: Shape, from: (u: number) => number): Tensor {
  return { shape, data: generate(name, elementCount(shape), from) };
}
