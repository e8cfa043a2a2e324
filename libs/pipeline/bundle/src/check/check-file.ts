import { describeOnnx, type OnnxDescription } from '@ichor/nn/describe';
import type { HashingReader } from '../hash.js';

/** A file as its manifest says it should be. */
export interface WantedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Of an ONNX file: give its metadata, inputs and outputs too. */
  readonly describe: boolean;
}

export interface CheckedFile {
  /** Whether it has the hash. */
  readonly isRight: boolean;
  readonly description?: OnnxDescription;
}

/** @throws IchorError `nn/onnx` for a file with the right hash that is no ONNX model; the reason of the signal */
export async function checkContent(
  reader: HashingReader,
  { path, bytes, sha256, describe }: WantedFile,
  signal?: AbortSignal,
): Promise<CheckedFile> {
  const found = await reader.read(path, bytes, signal);
  const isRight = found.sha256 === sha256;
  return { isRight, ...(isRight && describe ? { description: describeOnnx(found.content) } : {}) };
}
