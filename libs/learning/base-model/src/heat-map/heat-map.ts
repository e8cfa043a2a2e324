import { present } from '@ichor/files/present';
import type { StateDict, Tensor } from '@ichor/nn';
import type { HeatMap } from '@ichor/windowing/pictures';
import { imageTensor } from '../input/image-tensor.js';
import { logitOf } from '../network/classes.js';
import { modelNetwork } from '../network/network.js';
import type { BaseModel } from '../settings/schema.js';
import { featureMaps } from './feature-maps.js';
import { gradCam, type ActivationMap } from './grad-cam.js';
import { confirmedByCovering } from './confirmed.js';
import { occlusionMap, type Run } from './occlusion.js';
import { shiftedCopies, stitched } from './shifted.js';

/** A network with the output that {@link withFeatureMaps} adds, and the parameters of its head. */
export interface ExplainableNetwork {
  readonly settings: BaseModel;
  /** At least those of {@link headParameters}. */
  readonly state: StateDict;
  readonly session: {
    run(
      inputs: Readonly<Record<string, Tensor>>,
      outputs?: readonly string[],
    ): Promise<Record<string, Tensor>>;
  };
}

/** With fewer cells per side, Grad-CAM can only tell the halves of the picture apart. */
const FEWEST_CELLS = 4;

/** Pixels of a side. Up to this size a dozen more passes cost little, and a cell covers a large part of the head. */
const LARGEST_STITCHED = 256;

/**
 * Where the evidence of one sample for one label lies: Grad-CAM, for images of up to 256 pixels in half cells (of shifted copies), and confirmed by covering its peaks;
 * or, where the network leaves fewer than 4 x 4 cells of the picture (images below 128 pixels for most), how much covering a place
 * lowers the logit.
 *
 * @param input of the network: channels x size x size
 * @param label index in `LABELS`
 * @returns undefined when the network has no output for the label, or when no region supports it
 */
export async function heatMapOf(
  { settings, state, session }: ExplainableNetwork,
  input: Float32Array,
  label: number,
): Promise<HeatMap | undefined> {
  const logit = logitOf(settings, label);
  if (logit === undefined) return undefined;
  const image = imageTensor(settings, input);
  const size = settings.imageSize;
  const network = modelNetwork(settings);
  const camOf = (maps: Tensor, sample: number) => gradCam(network, state, maps, { sample, logit });
  const maps = present((await session.run({ image }, [featureMaps]))[featureMaps]);
  const [, , height = 1, width = 1] = maps.shape;
  const quarter = size / width / 4;
  const run: Run = (inputs, outputs) => session.run(inputs, outputs);
  let map: ActivationMap;
  if (Math.min(height, width) < FEWEST_CELLS) map = await occlusionMap(run, image, logit);
  else if (size <= LARGEST_STITCHED && Number.isInteger(quarter)) {
    const shifted = await session.run({ image: shiftedCopies(image, quarter) }, [featureMaps]);
    const fine = stitched([0, 1, 2, 3].map((copy) => camOf(present(shifted[featureMaps]), copy)));
    map = await confirmedByCovering(run, image, logit, fine);
  } else map = camOf(maps, 0);
  const { peak, ...heat } = map;
  return peak > 0 ? heat : undefined;
}
