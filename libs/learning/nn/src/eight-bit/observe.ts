import { int, ints, type OnnxModel, type OnnxNode } from '../onnx/model.js';
import { planEightBit } from './plan.js';

/** Further outputs of {@link observedModel}, [N, values]: of each image, in the order of `values`. */
export const LOWEST = 'lowest';
export const HIGHEST = 'highest';

export interface ObservedModel {
  readonly model: OnnxModel;
  /** Names of the ranges that a network in 8 bits needs. */
  readonly values: readonly string[];
}

/** The float32 network with the smallest and the largest number, for each image, of every value that 8 bits would keep in bytes. */
export function observedModel(model: OnnxModel): ObservedModel {
  const { values } = planEightBit(model);
  const extremes = ([op, output]: readonly [string, string]): OnnxNode[] => {
    const reduced = [...values.keys()].map((value, i) => ({
      op,
      name: `${output}/${i}`,
      domain: '',
      inputs: [value],
      outputs: [`${output}/${i}`],
      attributes: { axes: ints([1, 2, 3]), keepdims: int(1) },
    }));
    const joined = {
      op: 'Concat',
      name: `${output}/joined`,
      domain: '',
      inputs: reduced.flatMap(({ outputs }) => outputs),
      outputs: [`${output}/joined`],
      attributes: { axis: int(1) },
    };
    const flat = {
      op: 'Flatten',
      name: output,
      domain: '',
      inputs: joined.outputs,
      outputs: [output],
      attributes: { axis: int(1) },
    };
    return [...reduced, joined, flat];
  };
  const ends = [
    ['ReduceMin', LOWEST],
    ['ReduceMax', HIGHEST],
  ] as const;
  const named = [...values.values()];
  return {
    values: named,
    model: {
      ...model,
      nodes: [...model.nodes, ...ends.flatMap(extremes)],
      outputs: [...model.outputs, ...ends.map(([, name]) => ({ name, shape: ['batch', named.length] }))],
    },
  };
}
