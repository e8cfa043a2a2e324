import type { StateDict, Tensor } from '@ichor/nn';
import type { HeatMap } from '@ichor/windowing/pictures';
import { imageTensor } from '../input/image-tensor.js';
import { logitOf } from '../network/classes.js';
import { modelNetwork } from '../network/network.js';
import type { BaseModel } from '../settings/schema.js';
import { featureMaps } from './feature-maps.js';
import { gradCam } from './grad-cam.js';

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

/**
 * Grad-CAM of one sample for one label.
 *
 * @param input of the network: channels x size x size
 * @param label index in `LABELS`
 * @returns undefined when the network has no output for the label, when no cell contributes to it, or when the map has
 * a single cell, as with images of 32 pixels
 */
export async function heatMapOf(
  { settings, state, session }: ExplainableNetwork,
  input: Float32Array,
  label: number,
): Promise<HeatMap | undefined> {
  const logit = logitOf(settings, label);
  if (logit === undefined) return undefined;
  const { [featureMaps]: maps } = await session.run({ image: imageTensor(settings, input) }, [featureMaps]);
  const { peak, ...map } = gradCam(modelNetwork(settings), state, maps!, { sample: 0, logit });
  return peak > 0 && map.data.length > 1 ? map : undefined;
}
