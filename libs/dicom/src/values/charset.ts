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
  'ISO_IR 87': 'iso-2022-jp',
  'ISO_IR 159': 'iso-2022-jp',
  'ISO_IR 149': 'euc-kr',
  'ISO_IR 58': 'gb2312',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

export type DecodeText = (bytes: Buffer, start: number, end: number) => string;

const latin1: DecodeText = (bytes, start, end) => bytes.toString('latin1', start, end);

/**
 * Text decoder for the values of SpecificCharacterSet. Unknown sets read as Latin-1, so that no text is an error.
 *
 * With code extensions (several values) the one with a double-byte set decides; its escape sequences are dropped
 * where the decoder does not know them.
 */
export function textDecoder(characterSets: readonly string[]): DecodeText {
  const names = characterSets
    .map((term) => encodings[term.trim().replace(/^ISO 2022 IR/, 'ISO_IR')])
    .filter((name) => name !== undefined);
  const name = names.find((candidate) => candidate !== 'latin1') ?? 'latin1';
  if (name === 'latin1') return latin1;
  const decoder = new TextDecoder(name);
  return (bytes, start, end) => {
    const part = bytes.subarray(start, end);
    if (part.every((byte) => byte < 0x80 && byte !== 0x1b)) return bytes.toString('latin1', start, end);
    const text = decoder.decode(part);
    return name === 'iso-2022-jp' ? text : text.replace(/\x1b[$()-][)A-Z]?[A-Z]?/g, '');
  };
}
