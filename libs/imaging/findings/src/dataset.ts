/** A DICOM data set by attribute keywords; sequences are arrays of data sets. */
export type Dataset = { readonly [keyword: string]: DatasetValue };
export type DatasetValue =
  string | number | ArrayBuffer | readonly (string | number | ArrayBuffer | Dataset)[] | Dataset;
