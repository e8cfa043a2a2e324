import type { BackboneDescription, BackboneId } from './description.js';
import { backboneIds } from './description.js';
import { settings } from './descriptions.js';
import { densenetTrunks } from './densenet.js';
import { efficientnetTrunks } from './efficientnet.js';
import { inceptionresnetv2Trunk } from './inceptionresnetv2.js';
import { inceptionv4Trunk } from './inceptionv4.js';
import type { BatchNormSettings } from './layers.js';
import { senetTrunks } from './senet.js';
import type { Trunk } from './trunk.js';
import { xceptionTrunk } from './xception.js';

/** How a network is put together; `backbones` says what a user needs. */
export interface Architecture {
  readonly trunk: Trunk;
  readonly batchNorm: BatchNormSettings;
  /** The plain head rectifies the last feature map before it is pooled (the other head does not). */
  readonly rectifiedHead: boolean;
}

const pytorch: BatchNormSettings = { eps: 1e-5, momentum: 0.1 };
const inception: BatchNormSettings = { eps: 1e-3, momentum: 0.1 };
/** TensorFlow's 0.99 for the old value. */
const tensorflow: BatchNormSettings = { eps: 1e-3, momentum: 0.01 };

function family<Id extends BackboneId>(
  trunks: Readonly<Record<Id, Trunk>>,
  batchNorm: BatchNormSettings,
  rectifiedHead = false,
): Readonly<Record<Id, Architecture>> {
  const entries = Object.entries<Trunk>(trunks).map(([id, trunk]) => [
    id,
    { trunk, batchNorm, rectifiedHead },
  ]);
  return Object.fromEntries(entries);
}

export const architectures: Readonly<Record<BackboneId, Architecture>> = {
  ...family(senetTrunks, pytorch),
  ...family({ inceptionv4: inceptionv4Trunk, inceptionresnetv2: inceptionresnetv2Trunk }, inception),
  ...family({ xception: xceptionTrunk }, pytorch),
  ...family(efficientnetTrunks, tensorflow),
  ...family(densenetTrunks, pytorch, true),
};

/** All backbones in the order of {@link backboneIds}. */
export const backbones: readonly BackboneDescription[] = backboneIds.map((id) => ({ id, ...settings[id] }));
