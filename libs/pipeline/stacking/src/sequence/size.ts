import type { StateDict } from '@ichor/nn';
import type { SequenceSettings } from './settings.js';

/** Sizes of a fitted network. */
type SequenceSize = Pick<SequenceSettings, 'width' | 'hidden' | 'layers' | 'attention' | 'components'>;

const NAME = 'network.size';

/** The sizes of the settings are upper limits; with few series the network gets fewer units. */
export function sizeFor(settings: SequenceSettings, series: number): SequenceSize {
  const { width, hidden, layers, attention, components } = settings;
  const atMost = (most: number, least: number, perUnit: number) =>
    Math.min(most, Math.max(least, 8 * Math.round(series / perUnit / 8)));
  return {
    width: atMost(width, 32, 4),
    hidden: atMost(hidden, 16, 8),
    layers,
    attention: atMost(attention, 16, 16),
    components: atMost(components, 16, 8),
  };
}

export function sizeTensors({ width, hidden, layers, attention, components }: SequenceSize): StateDict {
  const data = Float32Array.of(width, hidden, layers, attention, components);
  return new Map([[NAME, { shape: [data.length], data }]]);
}

/** As {@link sizeTensors} kept it. */
export function sizeIn(tensors: StateDict): SequenceSize {
  const [width = 0, hidden = 0, layers = 0, attention = 0, components = 0] = tensors.get(NAME)?.data ?? [];
  return { width, hidden, layers, attention, components };
}
