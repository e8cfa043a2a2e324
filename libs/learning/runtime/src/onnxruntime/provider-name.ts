/** Execution providers of onnxruntime. They have a separate file, because the types of onnxruntime need the DOM, which Node does not have. */
export type OnnxProvider = 'cpu' | 'cuda' | 'webgpu' | 'coreml' | 'dml';
