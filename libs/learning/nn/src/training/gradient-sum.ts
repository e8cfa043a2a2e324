import type { ChannelAffine, Missing, UnfinishedGradient } from './context.js';
import type { Emitter, Value } from './emitter.js';

/**
 * The sum of the gradients that reach one value. What is missing from them stays missing as long as it can: a factor while there is
 * one gradient only, affine functions until the sum is read, so that many of them are added in one pass.
 */
export class GradientSum {
  readonly #emit: Emitter;
  #sum: UnfinishedGradient;

  constructor(emit: Emitter, first: Value | UnfinishedGradient) {
    this.#emit = emit;
    this.#sum = unfinished(first);
  }

  add(part: Value | UnfinishedGradient): void {
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
    if (takes.takesScale && this.#sum.scale !== undefined)
      return { gradient: this.#centred(this.#sum, x), missing: { scale: this.#sum.scale } };
    const sum = this.#scaled(this.#sum);
    if (takes.takesCentring && sum.centring !== undefined)
      return { gradient: this.#whole(sum.value, x), missing: { centring: sum.centring } };
    return { gradient: this.#whole(this.#centred(sum, x), x), missing: {} };
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
