import { latin1 } from '../bytes.js';

/** Defined terms of SpecificCharacterSet (PS3.3 table C.12-2 to C.12-5) and the names that TextDecoder knows. */
const encodings: Readonly<Record<string, string>> = {
  'ISO_IR 6': 'latin1',
  'ISO_IR 100': 'latin1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'iso-8859-9',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** Escape sequences of code extensions (ISO 2022), without the escape: what follows is in this encoding. */
const escapes: Readonly<Record<string, string>> = {
  '(B': 'latin1',
  '(J': 'shift_jis',
  ')I': 'shift_jis',
  $B: 'jis-0208',
  '$(D': 'jis-0212',
  '$)C': 'euc-kr',
  '$)A': 'gbk',
  '-A': 'latin1',
  '-B': 'iso-8859-2',
  '-C': 'iso-8859-3',
  '-D': 'iso-8859-4',
  '-L': 'iso-8859-5',
  '-G': 'iso-8859-6',
  '-F': 'iso-8859-7',
  '-H': 'iso-8859-8',
  '-M': 'iso-8859-9',
  '-b': 'iso-8859-15',
  '-T': 'windows-874',
};

/** @param delimiters characters that end a part of the value: a backslash between values, `^` and `=` in the name of a person */
export type DecodeText = (bytes: Uint8Array, start: number, end: number, delimiters?: string) => string;

const ESCAPE = 0x1b;

/** In a set with two bytes per character, both bytes lie in this range (ISO 2022, 94 x 94). */
const isPairByte = (byte: number | undefined) => byte !== undefined && byte >= 0x21 && byte <= 0x7e;

/**
 * Text decoder for the values of SpecificCharacterSet. The first set applies up to the first escape sequence of a value;
 * then the sequences choose the set. The choice of a sequence ends at a line end, at a tabulator, between values and
 * between the components of a name (PS3.5 section 6.1.2.5.3). Unknown sets are read as Latin-1, so that no text is an
 * error.
 */
export function textDecoder(characterSets: readonly string[]): DecodeText {
  const first = characterSets[0]?.trim().replace(/^ISO 2022 IR/, 'ISO_IR') ?? '';
  const primary = encodings[first] ?? 'latin1';
  if (primary === 'latin1' && characterSets.length < 2) return latin1;
  return (bytes, start, end, delimiters = '') => {
    const part = bytes.subarray(start, end);
    const resets = new Set([...`\t\n\f\r\\${delimiters}`].map((delimiter) => delimiter.charCodeAt(0)));
    let text = '';
    let encoding = primary;
    let from = 0;
    for (;;) {
      const escape = part.indexOf(ESCAPE, from);
      const stop = escape < 0 ? part.length : escape;
      // Before the first escape sequence nothing has to be reset, and a delimiter's byte may be half of a character.
      const reset = encoding === primary ? stop : resetAt(part, from, stop, encoding, resets);
      text += decode(part.subarray(from, reset), encoding);
      if (reset < stop) {
        encoding = primary;
        from = reset;
        continue;
      }
      if (escape < 0) return text;
      const three = latin1(part, escape + 1, Math.min(part.length, escape + 4));
      const sequence = three in escapes ? three : three.slice(0, 2);
      encoding = escapes[sequence] ?? primary;
      from = escape + 1 + (sequence in escapes ? sequence.length : 0);
    }
  };
}

/**
 * The position of a delimiter in `[from, stop)`; `stop` if there is none. A byte of a pair is not a
 * delimiter.
 */
function resetAt(
  part: Uint8Array,
  from: number,
  stop: number,
  encoding: string,
  resets: ReadonlySet<number>,
): number {
  const pairs = encoding.startsWith('jis-');
  for (let at = from; at < stop; at++) {
    const byte = part[at]!;
    if (pairs && isPairByte(byte) && at + 1 < stop && isPairByte(part[at + 1])) at++;
    else if (resets.has(byte)) return at;
  }
  return stop;
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

function decode(part: Uint8Array, encoding: string): string {
  if (encoding === 'latin1') return latin1(part);
  // JIS X 0208 and 0212 are the two planes of EUC-JP with the high bits cleared.
  if (encoding === 'jis-0208')
    return decode(
      part.map((byte) => byte | 0x80),
      'euc-jp',
    );
  if (encoding === 'jis-0212') return decode(secondPlane(part), 'euc-jp');
  let decoder = decoders.get(encoding);
  if (decoder === undefined) {
    decoder = new TextDecoder(encoding);
    decoders.set(encoding, decoder);
  }
  return decoder.decode(part);
}

function secondPlane(part: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i + 1 < part.length; i += 2) bytes.push(0x8f, part[i]! | 0x80, part[i + 1]! | 0x80);
  return Uint8Array.from(bytes);
}
