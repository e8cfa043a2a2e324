import type { Emitter, Value } from './emitter.js';

interface CellParameters {
  /** Weights of the state, [directions, hidden, gates]. */
  readonly turned: Value;
  /** [directions, 1, gates] */
  readonly bias: Value;
  readonly hidden: number;
}

/** The forward pass of all steps, and the function that adds the backward pass. Values are [T, directions, N, ...]. */
export interface CellRun {
  /** The state after each step. */
  readonly output: Value;
  /** The state before each step. */
  readonly statesBefore: Value;
  /** @param weight of the state, [directions, gates, hidden] */
  readonly backward: (gradient: Value, weight: Value) => GateGradients;
}

/** Gradients of what goes into the gates before their activation: from the input's product, from the state's. */
export interface GateGradients {
  readonly input: Value;
  readonly recurrentGates: Value;
}

export interface Cell {
  readonly gates: number;
  /** @param projected x W^T + b of every step, [T, directions, N, gates] */
  readonly forward: (emit: Emitter, projected: Value, parameters: CellParameters) => CellRun;
}

/**
 * r = sigmoid(xr + hr), z = sigmoid(xz + hz), n = tanh(xn + r hn), h' = n + z (h - n); h* = h W* + b*
 * (PyTorch's `nn.GRU`).
 */
export const gruCell: Cell = {
  gates: 3,
  forward: (emit, projected, { turned, bias, hidden }) => {
    const start = zeroState(emit, projected, hidden);
    const [rz, news] = split2(emit, projected, [2 * hidden, hidden], 3);
    const [gates, candidate, reset, output] = four(
      emit.scan([start], [rz, news], false, (body, [h], [xrz, xn]) => {
        const state = given(h);
        const fromState = body.add(body.product(state, turned), bias);
        const [hrz, hn] = split2(body, fromState, [2 * hidden, hidden], 2);
        const both = body.unary('Sigmoid', body.add(given(xrz), hrz));
        const [r, z] = split2(body, both, [hidden, hidden], 2);
        const n = body.unary('Tanh', body.add(given(xn), body.mul(r, hn)));
        const next = body.add(n, body.mul(z, body.sub(state, n)));
        return { states: [next], kept: [both, n, hn, next] };
      }),
    );
    const statesBefore = shifted(emit, start, output);
    return {
      output,
      statesBefore,
      backward: (gradient, weight) => {
        const one = emit.scalar(1);
        const [r, z] = split2(emit, gates, [hidden, hidden], 3);
        const keepsNew = emit.sub(one, z);
        // What a gradient of the state after the step becomes before tanh, in z's sigmoid, in r's.
        const toNew = emit.mul(keepsNew, emit.sub(one, emit.mul(candidate, candidate)));
        const toUpdate = emit.mul(emit.sub(statesBefore, candidate), emit.mul(z, keepsNew));
        const toReset = emit.mul(reset, emit.mul(r, emit.sub(one, r)));
        const sequences = [gradient, toNew, toUpdate, toReset, r, z];
        const [recurrentGates, fromNew] = two(
          emit.scan([start], sequences, true, (body, [later], [dy, ...factors]) => {
            const [factorNew, factorUpdate, factorReset, gateReset, gateUpdate] = factors.map(given);
            const dh = body.add(given(later), given(dy));
            const dn = body.mul(dh, given(factorNew));
            const dz = body.mul(dh, given(factorUpdate));
            const dr = body.mul(dn, given(factorReset));
            const all = body.concat([dr, dz, body.mul(dn, given(gateReset))], 2);
            const before = body.add(body.mul(dh, given(gateUpdate)), body.product(all, weight));
            return { states: [before], kept: [all, dn] };
          }),
        );
        const [resetUpdate] = split2(emit, recurrentGates, [2 * hidden, hidden], 3);
        return { input: emit.concat([resetUpdate, fromNew], 3), recurrentGates };
      },
    };
  },
};

/**
 * i, f, o = sigmoid(...), g = tanh(...), c' = f c + i g, h' = o tanh(c') (PyTorch's `nn.LSTM`).
 */
export const lstmCell: Cell = {
  gates: 4,
  forward: (emit, projected, { turned, bias, hidden }) => {
    const start = zeroState(emit, projected, hidden);
    const [gates, news, cells, output] = four(
      emit.scan([start, start], [projected], false, (body, [h, c], [x]) => {
        const sum = body.add(given(x), body.add(body.product(given(h), turned), bias));
        const [inputForget, cellIn, outIn] = three(body.split(sum, [2 * hidden, hidden, hidden], 2));
        const both = body.unary('Sigmoid', body.concat([inputForget, outIn], 2));
        const [i, f, o] = three(body.split(both, [hidden, hidden, hidden], 2));
        const g = body.unary('Tanh', cellIn);
        const cell = body.add(body.mul(f, given(c)), body.mul(i, g));
        const next = body.mul(o, body.unary('Tanh', cell));
        return { states: [next, cell], kept: [both, g, cell, next] };
      }),
    );
    const statesBefore = shifted(emit, start, output);
    const cellsBefore = shifted(emit, start, cells);
    return {
      output,
      statesBefore,
      backward: (gradient, weight) => {
        const one = emit.scalar(1);
        const slope = (gate: Value) => emit.mul(gate, emit.sub(one, gate));
        const [i, f, o] = three(emit.split(gates, [hidden, hidden, hidden], 3));
        const shown = emit.unary('Tanh', cells);
        const toCell = emit.mul(o, emit.sub(one, emit.mul(shown, shown)));
        const toOutput = emit.mul(shown, slope(o));
        const toInput = emit.mul(news, slope(i));
        const toForget = emit.mul(cellsBefore, slope(f));
        const toNew = emit.mul(i, emit.sub(one, emit.mul(news, news)));
        const sequences = [gradient, toCell, toOutput, toInput, toForget, toNew, f];
        const [recurrentGates] = emit.scan(
          [start, start],
          sequences,
          true,
          (body, [laterState, laterCell], [dy, ...factors]) => {
            const [cell, out, input, forget, fresh, gateForget] = factors.map(given);
            const dh = body.add(given(laterState), given(dy));
            const dc = body.add(given(laterCell), body.mul(dh, given(cell)));
            const all = body.concat(
              [
                body.mul(dc, given(input)),
                body.mul(dc, given(forget)),
                body.mul(dc, given(fresh)),
                body.mul(dh, given(out)),
              ],
              2,
            );
            return {
              states: [body.product(all, weight), body.mul(dc, given(gateForget))],
              kept: [all],
            };
          },
        );
        const all = given(recurrentGates);
        return { input: all, recurrentGates: all };
      },
    };
  },
};

function zeroState(emit: Emitter, projected: Value, hidden: number): Value {
  const [, directions = 1, batch = 1] = projected.shape;
  const shape = [directions, batch, hidden];
  return emit.constant(`zeros [${shape.join()}]`, shape, () => new Float32Array(directions * batch * hidden));
}

/** The value before each step: `start`, then all but the last of `values`. */
function shifted(emit: Emitter, start: Value, values: Value): Value {
  const [steps = 1, ...rest] = values.shape;
  const first = emit.reshape(start, [1, ...rest]);
  if (steps === 1) return first;
  const [earlier] = split2(emit, values, [steps - 1, 1], 0);
  return emit.concat([first, earlier], 0);
}

function given(value: Value | undefined): Value {
  if (value === undefined) throw new RangeError('a value of the cell is missing');
  return value;
}

const two = ([a, b]: readonly Value[]) => [given(a), given(b)] as const;
const three = ([a, b, c]: readonly Value[]) => [given(a), given(b), given(c)] as const;
const four = ([a, b, c, d]: readonly Value[]) => [given(a), given(b), given(c), given(d)] as const;

function split2(emit: Emitter, x: Value, sizes: readonly [number, number], axis: number) {
  return two(emit.split(x, sizes, axis));
}
