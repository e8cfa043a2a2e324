import type { ChannelAffine, Missing, PendingGradient, UnfinishedGradient } from './context.js';
import type { Emitter, Value } from './emitter.js';

/**
 * The sum of the gradients that reach one value. What is missing from them stays missing as long as it can: a factor while there is
 * one gradient only, affine functions until the sum is read, so that many of them are added in one pass.
 */
export class GradientSum {
  readonly #emit: Emitter;
  #sum: UnfinishedGradient | undefined;
  /** One that is computed when the sum is read, with the rest of the sum as its addend. */
  #pending: PendingGradient | undefined;

  constructor(emit: Emitter, first: Value | UnfinishedGradient | PendingGradient) {
    this.#emit = emit;
    this.add(first);
  }

  add(part: Value | UnfinishedGradient | PendingGradient): void {
    if ('compute' in part) {
      const before = this.#pending?.compute(undefined);
      this.#pending = part;
      if (before !== undefined) this.add(before);
      return;
    }
    if (this.#sum === undefined) {
      this.#sum = unfinished(part);
      return;
    }
    const [a, b] = [this.#scaled(this.#sum), this.#scaled(unfinished(part))];
    this.#sum = {
      value: this.#emit.add(a.value, b.value),
      centring: this.#both(a.centring, b.centring),
    };
  }

  /**
   * The gradient, and what is still missing from it.
   *
   * @param x the value that it belongs to
   * @param takes what may be missing
   */
  read(
    x: Value,
    takes: { readonly takesScale?: boolean; readonly takesCentring?: boolean },
  ): { readonly gradient: Value; readonly missing: Missing } {
    const read = this.#computed(x);
    if (takes.takesScale && read.scale !== undefined)
      return { gradient: this.#centred(read, x), missing: { scale: read.scale } };
    const sum = this.#scaled(read);
    if (takes.takesCentring && sum.centring !== undefined)
      return { gradient: this.#whole(sum.value, x), missing: { centring: sum.centring } };
    return { gradient: this.#whole(this.#centred(sum, x), x), missing: {} };
  }

  #computed(x: Value): UnfinishedGradient {
    if (this.#pending !== undefined) {
      const rest = this.#sum && this.#whole(this.#centred(this.#scaled(this.#sum), x), x);
      this.#sum = { value: this.#pending.compute(rest) };
      this.#pending = undefined;
    }
    if (this.#sum === undefined) throw new RangeError('a sum of no gradients');
    return this.#sum;
  }

  #scaled({ value, scale, centring }: UnfinishedGradient): UnfinishedGradient {
    if (scale === undefined) return { value, centring };
    const emit = this.#emit;
    return {
      value: emit.mul(value, emit.perChannel(scale, value.shape.length)),
      centring: centring && {
        slope: emit.mul(centring.slope, scale),
        offset: emit.mul(centring.offset, scale),
      },
    };
  }

  #both(a: ChannelAffine | undefined, b: ChannelAffine | undefined): ChannelAffine | undefined {
    if (a === undefined || b === undefined) return a ?? b;
    return { slope: this.#emit.add(a.slope, b.slope), offset: this.#emit.add(a.offset, b.offset) };
  }

  #centred({ value, centring }: UnfinishedGradient, x: Value): Value {
    if (centring === undefined) return value;
    return this.#emit.affinePlus(x, centring.slope, centring.offset, value);
  }

  /** Repeats a gradient along the axes on which it is the same. */
  #whole(gradient: Value, { shape }: Value): Value {
    return gradient.shape.join() === shape.join() ? gradient : this.#emit.expand(gradient, shape);
  }
}

function unfinished(gradient: Value | UnfinishedGradient): UnfinishedGradient {
  return 'value' in gradient ? gradient : { value: gradient };
}
