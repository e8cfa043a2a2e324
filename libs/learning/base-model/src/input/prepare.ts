import { drawAugmentation, noAugmentation, render, type Augmentation } from '@ichor/augment';
import { RandomStream } from '@ichor/files/random';
import { fileWindow } from '@ichor/dicom';
import { FileBuffer, readDicomSync } from '@ichor/dicom/node';
import { brainWindow, windowBounds, windowSlice, type Window, type WindowBounds } from '@ichor/windowing';
import { asEightBit } from './eight-bit.js';
import { hounsfieldPlane, type DecodedSlice, type HounsfieldPlane } from './hounsfield.js';
import { channelsPerSlice, type InputRecipe, type Variant } from './recipe.js';

/** One slice (with its neighbours) in one or several variants. */
export interface SampleRequest {
  readonly id: string;
  /** The slices that are seen together, in the order of the channels. */
  readonly files: readonly string[];
  readonly variants: readonly Variant[];
}

/** All that samples need of a file: the slice before windows and augmentation. */
export interface DecodedPlane extends HounsfieldPlane {
  /** The file's own window. */
  readonly window: Window | undefined;
}

/** Keeps planes after their file was read. */
export interface PlaneCache {
  /**
   * The plane of a file; what `decode` gives when it is not kept.
   *
   * @param decode reads the file; its pixels are overwritten by the next call
   */
  plane(file: string, decode: () => Promise<DecodedPlane>): Promise<DecodedPlane>;
}

/** Reads, windows and augments slices; one for each thread. */
export class Preparer {
  readonly #recipe: InputRecipe;
  readonly #cache: PlaneCache | undefined;
  readonly #buffer = new FileBuffer();

  /** @param cache of planes of the same `pixelFix`; without one every file is read each time */
  constructor(recipe: InputRecipe, cache?: PlaneCache) {
    this.#recipe = recipe;
    this.#cache = cache;
  }

  /**
   * Writes all variants of a sample, one after another, each slices x 3 channels x size x size.
   *
   * @throws DicomError when a file cannot be read, or its Hounsfield units are not known
   */
  async prepare(request: SampleRequest, output: Float32Array, start: number): Promise<void> {
    const plane = this.#recipe.imageSize ** 2 * channelsPerSlice;
    const { files, variants } = request;
    for (const [place, file] of files.entries()) {
      const decode = (): Promise<DecodedPlane> => this.#read(file);
      const slice = await (this.#cache?.plane(file, decode) ?? decode());
      for (const [index, variant] of variants.entries()) {
        const at = start + (index * files.length + place) * plane;
        this.#render(request.id, slice, variant, output, at);
      }
    }
  }

  /** The same for slices that are decoded already, in the order of the channels. */
  prepareDecoded(
    id: string,
    slices: readonly DecodedSlice[],
    variants: readonly Variant[],
    output: Float32Array,
    start: number,
  ): void {
    const size = this.#recipe.imageSize ** 2 * channelsPerSlice;
    for (const [place, slice] of slices.entries()) {
      const plane = this.#plane(slice, id);
      for (const [index, variant] of variants.entries()) {
        this.#render(id, plane, variant, output, start + (index * slices.length + place) * size);
      }
    }
  }

  async #read(file: string): Promise<DecodedPlane> {
    const dicom = readDicomSync(file, { buffer: this.#buffer });
    return this.#plane({ attributes: dicom.attributes, pixels: await dicom.pixels() }, file);
  }

  #plane(slice: DecodedSlice, name: string): DecodedPlane {
    return {
      ...hounsfieldPlane(slice, this.#recipe.pixelFix, name),
      window: fileWindow(slice.attributes),
    };
  }

  #render(id: string, slice: DecodedPlane, variant: Variant, output: Float32Array, at: number): void {
    const random = this.#stream(id, variant);
    const seen = variant.kind === 'train' ? this.#seen(slice, random) : slice;
    const windows = this.#windows(seen, variant.kind === 'train' ? random : undefined);
    const image = windowSlice(seen.pixels, seen.rows, seen.columns, windows);
    const augmentation = this.#augmentation(seen, variant, random);
    render(image, augmentation, this.#recipe.windows, output, at);
  }

  /** A slice and its neighbours share the stream, so that they stay on top of each other. */
  #stream(id: string, variant: Variant): RandomStream {
    return variant.kind === 'train'
      ? new RandomStream(this.#recipe.seed, 'train', variant.epoch, id)
      : new RandomStream(this.#recipe.seed, 'evaluate', variant.kind === 'evaluate' ? variant.pass : 0, id);
  }

  #seen(slice: DecodedPlane, random: RandomStream): DecodedPlane {
    const { eightBit } = this.#recipe;
    if (eightBit === undefined || !random.bernoulli(eightBit.probability)) return slice;
    const { low, high } = eightBit;
    return { ...slice, ...asEightBit(slice, random.uniform(...low), random.uniform(...high)) };
  }

  #windows({ intercept, window: own }: DecodedPlane, random: RandomStream | undefined): WindowBounds[] {
    const { windows, windowJitter } = this.#recipe;
    return windows.channels.map(({ window }, channel) => {
      const shown = window === 'file' ? usable(own) : window;
      const jittered =
        channel === 0 && random !== undefined && windowJitter !== undefined
          ? jitter(shown, windowJitter, random)
          : shown;
      const { low, high } = windowBounds(jittered);
      return { low: low - intercept, high: Math.max(high, low + 1) - intercept };
    });
  }

  #augmentation(slice: DecodedPlane, variant: Variant, random: RandomStream): Augmentation {
    const { imageSize, augmentation, testTime } = this.#recipe;
    if (variant.kind === 'train' || (variant.kind === 'evaluate' && testTime === 'random')) {
      return drawAugmentation(augmentation, slice, imageSize, imageSize, random);
    }
    const pass = variant.kind === 'evaluate' ? variant.pass : 0;
    const plain = noAugmentation(slice, imageSize, imageSize, augmentation.interpolation);
    return {
      ...plain,
      geometry: {
        ...plain.geometry,
        flipVertical: pass === 1,
        flipHorizontal: pass === 2,
      },
    };
  }
}

/** A file without a window of its own is seen through the brain window. */
function usable(own: Window | undefined): Window {
  return own !== undefined && own.width >= 1 ? own : brainWindow;
}

function jitter(
  { center, width }: Window,
  limits: NonNullable<InputRecipe['windowJitter']>,
  random: RandomStream,
): Window {
  const move = (limit: number): number =>
    random.bernoulli(limits.probability) ? random.integer(2 * limit + 1) - limit : 0;
  return { center: center + move(limits.center), width: Math.max(2, width + move(limits.width)) };
}
