import { encode } from 'fast-png';
import type { ColorPicture } from './heat.js';
import type { GrayPicture } from './gray.js';

/** PNG file of a gray (one byte a pixel) or colour (three bytes a pixel) picture. */
export function encodePng({ width, height, data }: GrayPicture | ColorPicture): Uint8Array {
  return encode({ width, height, data, channels: data.length === width * height ? 1 : 3, depth: 8 });
}

/** The same as a `data:` address, to be used as the source of an image in a self-contained page. */
export function pngDataUrl(picture: GrayPicture | ColorPicture): string {
  return `data:image/png;base64,${Buffer.from(encodePng(picture)).toString('base64')}`;
}
