export { createEngine } from './create-engine.js';
export type * from './engine.js';
export { EngineError, type EngineErrorCode } from './error.js';
export { bundledProviders, chooseProvider, providerFailure } from './onnxruntime/provider.js';
export type { OnnxProvider } from './onnxruntime/provider-name.js';
export { OnnxThread } from './onnxruntime/onnx-thread.js';
export { openOnnx, type OnnxSession } from './onnxruntime/open-onnx.js';
export { identityOf } from './onnxruntime/prepared/file-identity.js';
export { PreparedNetworks, type Preparation } from './onnxruntime/prepared/prepared-networks.js';
