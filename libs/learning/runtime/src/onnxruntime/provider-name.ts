/** Execution providers of onnxruntime. In a file of its own: the types of onnxruntime need the DOM, which Node has not. */
export type OnnxProvider = 'cpu' | 'cuda' | 'webgpu' | 'coreml' | 'dml';
