import { encode } from 'fast-png';
import type { ColorPicture } from './heat.js';
import type { GrayPicture } from './gray.js';

/** Characters that `String.fromCharCode` takes at once, far below what a stack holds. */
const AT_ONCE = 4096;

/** PNG file of a gray (one byte a pixel) or colour (three bytes a pixel) picture. */
export function encodePng({ width, height, data }: GrayPicture | ColorPicture): Uint8Array {
  return encode({ width, height, data, channels: data.length === width * height ? 1 : 3, depth: 8 });
}

/** The same as a `data:` address, to be used as the source of an image in a self-contained page. */
export function pngDataUrl(picture: GrayPicture | ColorPicture): string {
  const bytes = encodePng(picture);
  let text = '';
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE));
  }
  return `data:image/png;base64,${btoa(text)}`;
}
