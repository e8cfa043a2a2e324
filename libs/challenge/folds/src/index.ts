export { chosenFolds, FOLDS } from './chosen-folds.js';
export { groupedStratifiedFolds, type GroupedSamples } from './grouped-folds.js';
export { byCodePoint, labelStratifiedFolds, type FoldOptions, type LabelledSlices } from './label-folds.js';
export { PythonRandom } from './python-random.js';
