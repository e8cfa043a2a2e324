import { expect, it } from 'vitest';
import { shapeRules } from '../shapes/rules.js';
import { opCases } from './op-cases.js';

it('has a network around every operator', () => {
  const tried = new Set<string>(opCases.flatMap(({ network }) => network.nodes.map(({ op }) => op)));
  expect(Object.keys(shapeRules).filter((op) => !tried.has(op))).toEqual([]);
});
