/** The part of dcmjs that Ichor uses; the package ships no types. */
declare module 'dcmjs' {
  /** A data set keyed by attribute keywords; sequences are arrays of the same. */
  type NaturalDataset = Record<string, unknown>;

  interface DicomDict {
    dict: Record<string, unknown>;
    write(): ArrayBuffer;
  }

  const dcmjs: {
    /** @param persist whether a browser remembers it */
    log: { setLevel(level: 'silent', persist: boolean): void };
    data: {
      DicomDict: new (meta: Record<string, unknown>) => DicomDict;
      DicomMessage: {
        readFile(buffer: ArrayBuffer): { meta: Record<string, unknown>; dict: Record<string, unknown> };
      };
      DicomMetaDictionary: {
        denaturalizeDataset(dataset: NaturalDataset): Record<string, unknown>;
        naturalizeDataset(dataset: Record<string, unknown>): NaturalDataset;
      };
    };
  };
  export default dcmjs;
}
