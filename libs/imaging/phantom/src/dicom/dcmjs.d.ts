// dcmjs ships no types; these are the parts in use.
declare module 'dcmjs' {
  export namespace data {
    interface Element {
      vr: string;
      Value: unknown[];
    }
    class DicomDict {
      constructor(meta: Record<string, Element>);
      meta: Record<string, Element>;
      dict: Record<string, Element>;
      write(options?: Record<string, unknown>): ArrayBuffer;
    }
    const DicomMetaDictionary: {
      denaturalizeDataset(dataset: Record<string, unknown>): Record<string, Element>;
    };
  }
}
