import { codeItem, type Code } from './codes.js';
import type { Dataset } from './dataset.js';

type Relationship =
  'CONTAINS' | 'HAS CONCEPT MOD' | 'HAS OBS CONTEXT' | 'HAS PROPERTIES' | 'INFERRED FROM' | 'HAS ACQ CONTEXT';

/** A DICOM object to which a report refers. */
export interface Reference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

export function referenceItem({ sopClassUid, sopInstanceUid }: Reference): Dataset {
  return { ReferencedSOPClassUID: sopClassUid, ReferencedSOPInstanceUID: sopInstanceUid };
}

function item(relationship: Relationship, valueType: string, concept: Code, rest: Dataset): Dataset {
  return {
    RelationshipType: relationship,
    ValueType: valueType,
    ConceptNameCodeSequence: [codeItem(concept)],
    ...rest,
  };
}

/** Nodes of the content tree of a structured report (DICOM PS3.3 C.17.3). */
export const contentItem = {
  container: (concept: Code, children: readonly Dataset[]): Dataset =>
    item('CONTAINS', 'CONTAINER', concept, { ContinuityOfContent: 'SEPARATE', ContentSequence: children }),
  code: (relationship: Relationship, concept: Code, value: Code): Dataset =>
    item(relationship, 'CODE', concept, { ConceptCodeSequence: [codeItem(value)] }),
  text: (relationship: Relationship, concept: Code, text: string): Dataset =>
    item(relationship, 'TEXT', concept, { TextValue: text }),
  uid: (relationship: Relationship, concept: Code, uid: string): Dataset =>
    item(relationship, 'UIDREF', concept, { UID: uid }),
  /** A number of at most 16 characters, as decimal strings are. */
  number: (concept: Code, value: number, unit: Code): Dataset =>
    item('CONTAINS', 'NUM', concept, {
      MeasuredValueSequence: [
        { NumericValue: value.toFixed(6), MeasurementUnitsCodeSequence: [codeItem(unit)] },
      ],
    }),
  /** An entry of the image library, which carries no name of its own (TID 1601). */
  image: (reference: Reference): Dataset => ({
    RelationshipType: 'CONTAINS',
    ValueType: 'IMAGE',
    ReferencedSOPSequence: [referenceItem(reference)],
  }),
};
