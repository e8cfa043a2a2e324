/** The part of a plugin of Vite that is used here. */
export interface VitePlugin {
  readonly name: string;
  config(): { readonly optimizeDeps: { readonly exclude: string[]; readonly include: string[] } };
}

/** The codec packages are CommonJS, which browsers read only as Vite has bundled it. */
const codecs = [
  '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
  '@cornerstonejs/codec-openjpeg/decodewasmjs',
  '@cornerstonejs/codec-openjph/wasmjs',
];

/**
 * A plugin for `vite dev`: its bundling of dependencies in advance would lose the `.wasm` files of the decoders, so this package
 * is left out of it and the codec packages are not. `vite build` needs no plugin.
 */
export function dicomDecoders(): VitePlugin {
  const own = '@ichor/dicom';
  return {
    name: 'ichor-dicom-decoders',
    config: () => ({
      optimizeDeps: { exclude: [own], include: codecs.map((codec) => `${own} > ${codec}`) },
    }),
  };
}
