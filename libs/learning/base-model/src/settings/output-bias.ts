import type { BaseModel } from './schema.js';

/** Where the bias of a newly made last layer comes from: the setting, with `auto` resolved. */
export function outputBiasOf({
  outputBias,
  pretrained,
}: Pick<BaseModel, 'outputBias' | 'pretrained'>): 'frequencies' | 'random' {
  if (outputBias !== 'auto') return outputBias;
  return pretrained === 'none' ? 'frequencies' : 'random';
}
