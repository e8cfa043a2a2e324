import { present } from '@ichor/files/present';

/** The value representations of what a derived object takes over (DICOM PS3.5, 6.2). */
export type FittedVr = 'PN' | 'LO' | 'SH' | 'CS' | 'DA' | 'TM';

/** A valid value, and whether a part of it was lost. */
export interface FittedValue {
  /** Empty where nothing can be kept. */
  readonly value: string;
  /** Old legal spellings and padding are no loss. */
  readonly lost: boolean;
}

/**
 * Makes a value of a header fit its representation: archives hold names that are too long, dates followed by
 * a time, control characters. Text is cut. Dates and times that cannot be parsed become empty, because a wrong one
 * is worse.
 */
export function fitValue(vr: FittedVr, text: string): FittedValue {
  const given = text.trim();
  switch (vr) {
    case 'PN':
      return compared(given, personName(given));
    case 'LO':
      return compared(given, shortened(oneLine(given), 64));
    case 'SH':
      return compared(given, shortened(oneLine(given), 16));
    case 'CS': {
      const code = given.toUpperCase();
      return compared(code, /^[A-Z0-9_ ]{0,16}$/.test(code) ? code : '');
    }
    case 'DA':
      return date(given);
    case 'TM':
      return time(given);
  }
}

const compared = (given: string, value: string): FittedValue => ({ value, lost: value !== given });

/** No control characters, no halves of surrogate pairs, and no backslash, which separates values. */
function oneLine(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/[\p{Cc}\\]+/gu, ' ')
    .trim();
}

/** At most so many characters, without cutting one in half. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length > most) break;
    kept += character;
  }
  return kept.trimEnd();
}

/** Up to three groups (alphabetic, ideographic, phonetic) of up to five components, 64 characters a group. */
function personName(text: string): string {
  return oneLine(text)
    .split('=')
    .slice(0, 3)
    .map((group) => shortened(group.split('^').slice(0, 5).join('^'), 64))
    .join('=');
}

/** YYYYMMDD; `YYYY.MM.DD` is an old legal form (PS3.5 6.2, note), the others are common mistakes. */
function date(text: string): FittedValue {
  const match = /^(\d{4})([.\-/]?)(\d{2})\2(\d{2})(.*)$/.exec(text);
  if (!match) return compared(text, '');
  const [, year, separator, month, day, rest] = match as unknown as readonly [string, ...string[]];
  const moment = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // A date and time (DT) in the place of a date; anything else after it makes it doubtful.
  const legal = rest === '' || (separator === '' && /^\d{2,6}(\.\d{1,6})?([+-]\d{4})?$/.test(present(rest)));
  const real = moment.getUTCMonth() === Number(month) - 1 && moment.getUTCDate() === Number(day);
  if (!legal || !real || Number(year) < 1000) return compared(text, '');
  return {
    value: `${year}${month}${day}`,
    lost: rest !== '' || !(separator === '' || separator === '.'),
  };
}

/** HH, HHMM, HHMMSS or HHMMSS.FFFFFF; `HH:MM:SS` is an old legal form. */
function time(text: string): FittedValue {
  const match = /^([01]\d|2[0-3])(?::?([0-5]\d)(?::?([0-5]\d|60)(\.\d{1,6})?)?)?$/.exec(text);
  if (!match) return compared(text, '');
  const [, hours, minutes = '', seconds = '', fraction = ''] = match;
  return { value: `${hours}${minutes}${seconds}${fraction}`, lost: false };
}
