export {
  float32,
  float64,
  int16,
  int32,
  int8,
  nullableFloat32,
  nullableFloat64,
  nullableUtf8,
  utf8,
  vector,
  type ColumnKind,
  type ColumnSpec,
  type ColumnValues,
  type ValuesOf,
  type VectorColumn,
} from './column.js';
export { TableError } from './error.js';
export {
  generationText,
  readGeneration,
  readPreprocessed,
  tableContent,
  type Generation,
  type ImageContent,
  type TableContent,
} from './generation.js';
export { LABELS, LABEL_WEIGHTS, type Label } from './labels.js';
export {
  CUSTOM_LABELS_SUFFIX,
  isNamedRun,
  layout,
  MODEL_NAME,
  PREPROCESSED_TABLES,
  rootFolder,
  RUN_NAME,
  runName,
  type Layout,
  type PredictionKind,
  type PreprocessedName,
  type PreprocessedTable,
} from './layout.js';
export { readBatches, readMetadata, readTable, type ReadOptions, type Table } from './reader.js';
export { columnsFromRows, type RowOf } from './rows.js';
export { defineTable, type Columns, type ColumnsOf, type ColumnSpecs, type TableSchema } from './schema.js';
export { datasetTable, foldsTable, labelSmoothTable } from './schemas/dataset.js';
export { labelColumns } from './schemas/label-columns.js';
export { featuresTable, predictionsTable, studyPredictionsTable } from './schemas/predictions.js';
export { rawTable } from './schemas/raw.js';
export { sliceResultsTable } from './schemas/results.js';
export { openTableWriter, writeTable, type TableWriter, type WriteOptions } from './writer.js';
