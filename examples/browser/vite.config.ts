import { dicomDecoders } from '@ichor/dicom/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  // For `vite dev`: its bundling of dependencies in advance would lose the decoders of JPEG and JPEG 2000.
  plugins: [dicomDecoders()],
  build: { target: 'es2022' },
});
