import { defineConfig } from 'vite';

export default defineConfig({
  // Vite's pre-bundling of dependencies loses the .wasm files beside the codecs in `vite dev`.
  optimizeDeps: { exclude: ['@ichor/dicom'] },
  build: { target: 'es2022' },
});
