import { DicomError } from './error.js';
import { tagOf } from './dictionary/dictionary.js';
import { functionalGroup } from './functional-groups.js';
import type { DataSet } from './parse/element.js';
import { valueReader, type PlainRecord, type PlainScalar, type PlainValue } from './values/plain-values.js';

/** Reads the values of attributes by keyword: from the functional groups of a frame, else from the data set itself. */
export class AttributeReader {
  /** 1 where the file gives no value, or 0. */
  readonly frames: number;
  readonly #dataSet: DataSet;
  readonly #readTop: (tag: string) => PlainValue | undefined;
  readonly #frame: number | undefined;

  /**
   * @param frame whose functional groups count, from 0; for an image of several frames, what they share where not given
   */
  constructor(dataSet: DataSet, frame?: number) {
    this.#dataSet = dataSet;
    this.#readTop = valueReader(dataSet);
    this.frames = firstNumber('NumberOfFrames', this.#top('NumberOfFrames')) || 1;
    this.#frame = frame ?? (this.frames === 1 ? 0 : undefined);
  }

  /** The first value as text. */
  text(keyword: string): string | undefined {
    const [value] = list(this.#get(keyword));
    return value === undefined || value === null ? undefined : String(value);
  }

  /** All values as text. */
  texts(keyword: string): readonly string[] {
    return list(this.#get(keyword)).map(String);
  }

  /** CodeMeaning of each item of a sequence; empty for an item without one. */
  meanings(keyword: string): readonly string[] {
    return items(this.#get(keyword)).map(({ CodeMeaning }) =>
      typeof CodeMeaning === 'string' ? CodeMeaning : '',
    );
  }

  /** The first number; values that are not numbers are skipped. */
  number(keyword: string): number | undefined {
    return this.#numbers(keyword)[0];
  }

  /** All values, undefined where one is not a number. */
  places(keyword: string): readonly (number | undefined)[] {
    return list(this.#get(keyword)).map((value) => (typeof value === 'number' ? value : undefined));
  }

  /** The numbers if there are exactly so many, otherwise undefined. */
  vector(keyword: string, length: number): readonly number[] | undefined {
    const values = this.#numbers(keyword);
    return values.length === length ? values : undefined;
  }

  /** The first number. @throws DicomError `dicom/bad-attribute` when it is not a number */
  strict(keyword: string): number | undefined {
    return firstNumber(keyword, this.#get(keyword));
  }

  /**
   * The only number. If values inside and outside functional groups contradict each other, the number is unknown.
   *
   * @throws DicomError `dicom/bad-attribute` when there are several, or one is not a number
   */
  single(keyword: string): number | undefined {
    const both = [this.#inGroup(keyword), this.#top(keyword)];
    both.forEach((value) => firstNumber(keyword, value));
    const found = new Set(both.flatMap(list).filter((value) => typeof value === 'number'));
    if (found.size < 2) return [...found][0];
    throw new DicomError({
      code: 'dicom/bad-attribute',
      attribute: keyword,
      reason: `has several values, ${[...found].slice(0, 4).join(' and ')}`,
    });
  }

  #numbers(keyword: string): number[] {
    return list(this.#get(keyword)).filter((value) => typeof value === 'number');
  }

  #get(keyword: string): PlainValue | undefined {
    return this.#inGroup(keyword) ?? this.#top(keyword);
  }

  #top(keyword: string): PlainValue | undefined {
    const tag = tagOf(keyword);
    return tag === undefined ? undefined : this.#readTop(tag);
  }

  #inGroup(keyword: string): PlainValue | undefined {
    const group = functionalGroup(this.#dataSet, keyword, this.#frame);
    const tag = tagOf(keyword);
    return group === undefined || tag === undefined ? undefined : valueReader(group)(tag);
  }
}

function firstNumber(keyword: string, found: PlainValue | undefined): number | undefined {
  const [value] = list(found);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  throw new DicomError({
    code: 'dicom/bad-attribute',
    attribute: keyword,
    reason: `${JSON.stringify(String(value).slice(0, 32))} is not a number`,
  });
}

function list(value: PlainValue | undefined): readonly PlainScalar[] {
  if (value === undefined || value === null || value instanceof Uint8Array) return [];
  if (typeof value !== 'object') return [value];
  const scalars: PlainScalar[] = [];
  for (const part of value) if (part === null || typeof part !== 'object') scalars.push(part);
  return scalars;
}

function items(value: PlainValue | undefined): readonly PlainRecord[] {
  if (!Array.isArray(value)) return [];
  const records: PlainRecord[] = [];
  for (const part of value) if (part !== null && typeof part === 'object') records.push(part);
  return records;
}
