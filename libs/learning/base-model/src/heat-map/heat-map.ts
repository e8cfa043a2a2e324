import { present } from '@ichor/files/present';
import type { StateDict, Tensor } from '@ichor/nn';
import type { HeatMap } from '@ichor/windowing/pictures';
import { imageTensor } from '../input/image-tensor.js';
import { logitOf } from '../network/classes.js';
import { modelNetwork } from '../network/network.js';
import type { BaseModel } from '../settings/schema.js';
import { featureMaps } from './feature-maps.js';
import { gradCam, type ActivationMap } from './grad-cam.js';
import { confirmedByCovering, type View } from './confirmed.js';
import { meanMap } from './mean-map.js';
import { occlusionMap } from './occlusion.js';
import { shiftedCopies, smoothed, stitched } from './shifted.js';

/**
 * A network with the output that `withFeatureMaps` adds, the parameters of its head, and what it sees of the sample: networks differ in
 * the size and the windows of their images.
 */
export interface ExplainableNetwork {
  readonly settings: BaseModel;
  /** At least those of `headParameters`. */
  readonly state: StateDict;
  readonly session: {
    run(
      inputs: Readonly<Record<string, Tensor>>,
      outputs?: readonly string[],
    ): Promise<Record<string, Tensor>>;
  };
  /** Of the network: channels x size x size. */
  readonly input: Float32Array;
}

/** With fewer cells per side, Grad-CAM can only tell the halves of the picture apart. */
const FEWEST_CELLS = 4;

/** Pixels of a side. Up to this size a dozen more passes cost little, and a cell covers a large part of the head. */
const LARGEST_STITCHED = 256;

/**
 * Where the evidence of one sample for one label lies: Grad-CAM, for images of up to 256 pixels in half cells (of shifted copies), and confirmed by covering its peaks;
 * or, where the network leaves fewer than 4 x 4 cells of the picture (images below 128 pixels for most), how much covering a place
 * lowers the logit. Of several networks it is the mean of their maps, each from 0 to 1, and covering must lower the sum of their logits:
 * a place that only one of them takes for evidence counts less.
 *
 * @param label index in `LABELS`
 * @returns undefined when no network has an output for the label, or when no region supports it
 */
export async function heatMapOf(
  networks: readonly ExplainableNetwork[],
  label: number,
): Promise<HeatMap | undefined> {
  const maps: ActivationMap[] = [];
  const views: View[] = [];
  for (const network of networks) {
    const logit = logitOf(network.settings, label);
    if (logit === undefined) continue;
    const image = imageTensor(network.settings, network.input);
    const view: View = { run: (inputs, outputs) => network.session.run(inputs, outputs), image, logit };
    const { map, stitched } = await activationMap(network, view);
    maps.push(map);
    if (stitched) views.push(view);
  }
  const mean = meanMap(maps.filter(({ peak }) => peak > 0));
  if (!mean) return undefined;
  const { peak, ...heat } = views.length === maps.length ? await confirmedByCovering(views, mean) : mean;
  return peak > 0 ? heat : undefined;
}

/** The map of one network; `stitched` of half cells, whose maximum is unsteady until it is confirmed. */
async function activationMap(
  { settings, state }: ExplainableNetwork,
  { run, image, logit }: View,
): Promise<{ readonly map: ActivationMap; readonly stitched: boolean }> {
  const network = modelNetwork(settings);
  const camOf = (maps: Tensor, sample: number) => gradCam(network, state, maps, { sample, logit });
  const maps = present((await run({ image }, [featureMaps]))[featureMaps]);
  const [, , height = 1, width = 1] = maps.shape;
  const quarter = settings.imageSize / width / 4;
  if (Math.min(height, width) < FEWEST_CELLS)
    return { map: await occlusionMap(run, image, logit), stitched: false };
  if (settings.imageSize > LARGEST_STITCHED || !Number.isInteger(quarter))
    return { map: camOf(maps, 0), stitched: false };
  const shifted = await run({ image: shiftedCopies(image, quarter) }, [featureMaps]);
  const fine = stitched([0, 1, 2, 3].map((copy) => camOf(present(shifted[featureMaps]), copy)));
  return { map: smoothed(fine), stitched: true };
}
