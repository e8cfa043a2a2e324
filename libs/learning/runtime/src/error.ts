import { IchorError, type IchorErrorDetails } from '@ichor/files';

export type EngineErrorCode =
  /** An engine or a provider that this machine lacks. */
  | 'runtime/provider'
  /** The package of an engine, which is an optional peer, is missing. */
  | 'runtime/not-installed'
  /** Native operators, or what calls them, that this machine lacks. */
  | 'runtime/operators'
  /** A precision that an engine lacks. */
  | 'runtime/precision'
  /** An `.onnx` file that cannot be loaded. */
  | 'runtime/onnx'
  /** A network that onnxruntime cannot run, or a thread that ended. */
  | 'runtime/run'
  | 'runtime/thread'
  /** An input or target that is missing or has the wrong shape. */
  | 'runtime/input'
  | 'runtime/output'
  | 'runtime/batch'
  /** A parameter that the network does not have. */
  | 'runtime/parameter'
  /** Parameters that do not fit the network. */
  | 'runtime/state'
  /** A saved training of another optimizer or other trained parameters. */
  | 'runtime/restore'
  | 'runtime/memory'
  | 'runtime/shape';

export class EngineError extends IchorError {
  override readonly name = 'EngineError';
  declare readonly code: EngineErrorCode;

  constructor(details: IchorErrorDetails<EngineErrorCode>) {
    super(details);
  }
}
