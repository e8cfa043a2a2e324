import { DicomError } from '../error.js';

/** The first bytes of every WebAssembly module: a zero and "asm". */
const MAGIC = [0x00, 0x61, 0x73, 0x6d];

/**
 * The bytes of a `.wasm` file. Bundlers that do not know `new URL(..., import.meta.url)` leave the file behind, and many servers
 * answer with a page then, so the bytes are looked at.
 *
 * @param codec for the message
 * @throws DicomError `dicom/no-decoder`
 */
export async function fetchWasm(address: URL, codec: string): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const answer = await fetch(address);
    if (!answer.ok) throw noDecoder(codec, `${address.pathname} was answered with status ${answer.status}`);
    bytes = new Uint8Array(await answer.arrayBuffer());
  } catch (cause) {
    if (cause instanceof DicomError) throw cause;
    throw noDecoder(codec, `${address.pathname} cannot be fetched`, cause);
  }
  if (!MAGIC.every((byte, at) => bytes[at] === byte))
    throw noDecoder(codec, `${address.pathname} is no WebAssembly`);
  return bytes;
}

function noDecoder(codec: string, reason: string, cause?: unknown): DicomError {
  return new DicomError({
    code: 'dicom/no-decoder',
    reason: `the decoder of ${codec} is not there: ${reason}`,
    remedy:
      'serve the .wasm files of the codec packages where the bundler puts them; vite dev needs the plugin dicomDecoders() of @ichor/dicom/vite',
    cause,
  });
}
