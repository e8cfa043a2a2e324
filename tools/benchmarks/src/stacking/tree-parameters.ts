import { lgbmSettings } from '@ichor/stacking';

const { learningRate, leaves, maxBin, featureFraction, minDataInLeaf, minSumHessianInLeaf } = lgbmSettings;

/** Those of the original's trees that the measurements state to both programs. */
export const treeParameters = {
  learningRate,
  leaves,
  maxBin,
  featureFraction,
  minDataInLeaf,
  minSumHessianInLeaf,
};
