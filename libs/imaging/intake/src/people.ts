import { plainText } from './words/text.js';
import type { SeriesAttributes } from './headers.js';

type Person = Pick<
  SeriesAttributes,
  'PatientID' | 'IssuerOfPatientID' | 'PatientName' | 'PatientBirthDate' | 'PatientSex'
>;

/**
 * The reason why files of one StudyInstanceUID are not of one person (careless anonymizers and imports make such files);
 * undefined if they may be. It names the attribute, but never its values, because they are a patient's.
 */
export function severalPeople(files: Iterable<Person>): string | undefined {
  const people = distinct(files);
  const telling = contradiction(people);
  return telling === undefined
    ? undefined
    : `its files are of different patients (they differ in ${telling}) under one StudyInstanceUID`;
}

/** A contradiction between files that may still be of one person, such as a corrected name. */
export function doubtfulPerson(files: Iterable<Person>): string | undefined {
  const people = distinct(files);
  if (values(people, ({ PatientName }) => nameOf(PatientName)).size > 1)
    return 'the files have one PatientID and different PatientNames: one patient is assumed';
  const ids = values(people, ({ PatientID }) => PatientID?.trim());
  return ids.size === 1 && people.some(({ PatientID }) => !PatientID?.trim())
    ? 'some files have a PatientID and some have none: one patient is assumed'
    : undefined;
}

function distinct(files: Iterable<Person>): readonly Person[] {
  // Files share their attributes, so that this is a few.
  const people = new Map<string, Person>();
  for (const { PatientID, IssuerOfPatientID, PatientName, PatientBirthDate, PatientSex } of new Set(files)) {
    const person = { PatientID, IssuerOfPatientID, PatientName, PatientBirthDate, PatientSex };
    people.set(JSON.stringify(person), person);
  }
  return [...people.values()];
}

function contradiction(people: readonly Person[]): keyof Person | undefined {
  if (values(people, ({ PatientID }) => PatientID?.trim()).size > 1) return 'PatientID';
  if (values(people, ({ IssuerOfPatientID }) => IssuerOfPatientID?.trim()).size > 1)
    return 'IssuerOfPatientID';
  if (values(people, ({ PatientBirthDate }) => PatientBirthDate?.replace(/\D/g, '')).size > 1)
    return 'PatientBirthDate';
  if (
    values(people, ({ PatientSex }) => /^[MF]$/i.exec(PatientSex?.trim() ?? '')?.[0].toUpperCase()).size > 1
  )
    return 'PatientSex';
  // A name alone may be corrected between two series, but without PatientID there is nothing else to compare.
  const unnumbered = people.some(({ PatientID }) => !PatientID?.trim());
  return unnumbered && values(people, ({ PatientName }) => nameOf(PatientName)).size > 1
    ? 'PatientName'
    : undefined;
}

/** The different values that are known. */
function values(people: readonly Person[], read: (person: Person) => string | undefined): Set<string> {
  return new Set(people.flatMap((person) => read(person) || []));
}

/** Ignores case, empty parts at the end and ideographic forms: `Doe^Jane^^` is `DOE^JANE`. */
function nameOf(name: string | undefined): string | undefined {
  return (
    name &&
    plainText(name.split('=')[0] ?? '')
      .replace(/[\^ ,.]+/g, ' ')
      .trim()
  );
}
