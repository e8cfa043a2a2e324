import { fileURLToPath } from 'node:url';

/** Folder of the bundle, for `openBundle` and `ichor predict --bundle`. Trained on synthetic heads only. */
export const phantomBundle = fileURLToPath(new URL('../bundle', import.meta.url));
