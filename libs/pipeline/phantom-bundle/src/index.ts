import { fileURLToPath } from 'node:url';

/**
 * Folder of the bundle that `ichor predict` takes by default, for `openBundle`. Trained on synthetic heads only, with fresh bleeds of usual
 * size.
 */
export const phantomBundle = fileURLToPath(new URL('../bundle', import.meta.url));

/**
 * Folder of a second one, trained on synthetic heads with bleeds of every age, size and place: it tells real heads apart better, points less
 * exactly at synthetic bleeds, and its probabilities are too low for fresh ones.
 */
export const variedPhantomBundle = fileURLToPath(new URL('../varied', import.meta.url));
