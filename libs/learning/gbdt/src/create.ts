import type { GbdtEngine, GbdtEngineName } from './engine.js';
import { createLightGbm } from './lightgbm/engine.js';
import { locateLibrary } from './lightgbm/locate.js';
import { createMlXgboost } from './xgboost/engine.js';

export interface GbdtEngineOptions {
  /** Path of a LightGBM library. Default: `LIGHTGBM_LIB`, then the one built here, then the system's. */
  readonly library?: string;
}

/**
 * An engine by name, or the best one on this machine: LightGBM if its library is installed, else ml-xgboost.
 *
 * @throws GbdtError `gbdt/library-not-found`, `gbdt/library`
 */
export async function createGbdtEngine(
  name: GbdtEngineName | 'auto' = 'auto',
  options: GbdtEngineOptions = {},
): Promise<GbdtEngine> {
  const library = options.library ?? locateLibrary();
  if (name === 'ml-xgboost' || (name === 'auto' && library === undefined)) return createMlXgboost();
  return createLightGbm(library);
}
