/** Execution providers of onnxruntime. In a file of its own: the types of onnxruntime need the DOM, which Node does not have. */
export type OnnxProvider = 'cpu' | 'cuda' | 'webgpu' | 'coreml' | 'dml';
