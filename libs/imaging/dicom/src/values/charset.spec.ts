import { describe, expect, it } from 'vitest';
import { textDecoder } from './charset.js';

/** The names of PS3.5 annexes H, I, J, K: bytes as printed there. */
describe('textDecoder', () => {
  it.each([
    [['ISO_IR 100'], '42 75 63 5e 4a e9 72 f4 6d 65', 'Buc^Jérôme'],
    [['ISO_IR 144'], 'bb ee da 63 65 dc d1 79 70 d3', 'Люк' + 'ce' + 'мб' + 'yp' + 'г'],
    [['ISO_IR 192'], '57 61 6e 67 5e e5 b0 8f e6 9d b1', 'Wang^小東'],
    [['GB18030'], 'd0 a1 b6 ab', '小东'],
    [
      ['', 'ISO 2022 IR 87'],
      '59 61 6d 61 64 61 3d 1b 24 42 3b 33 45 44 1b 28 42 5e 1b 24 42 42 40 4f 3a 1b 28 42',
      'Yamada=山田^太郎',
    ],
    [
      ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
      'd4 cf c0 de 5e c0 db b3 3d 1b 24 42 3b 33 45 44 1b 28 4a 5e 1b 24 42 42 40 4f 3a 1b 28 4a',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎',
    ],
    [['', 'ISO 2022 IR 149'], '48 6f 6e 67 3d 1b 24 29 43 fb f3 5e 1b 24 29 43 d1 ce d4 d7', 'Hong=洪^吉洞'],
    [['no such set'], '41 e9', 'Aé'],
  ])('%j', (sets, hex, text) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(textDecoder(sets)(bytes, 0, bytes.length)).toBe(text);
  });

  /** Oracle: pydicom 3.0.2, `str(dcmread(...).PatientName)` of these bytes, and PS3.5 section 6.1.2.5.3. */
  it.each([
    // Greek for the family name; the given name is in the set that the value began with.
    [['ISO 2022 IR 100', 'ISO 2022 IR 126'], '1b 2d 46 c4 e9 ef 6e 5e 4a e9', '^=', 'Διοn^Jé'],
    // The same between the alphabetic and the ideographic group.
    [['ISO 2022 IR 100', 'ISO 2022 IR 126'], '1b 2d 46 c4 3d e9', '^=', 'Δ=é'],
    // Not a name: ^ and = are text. A line end resets the set, and so does the separator between values.
    [['ISO 2022 IR 100', 'ISO 2022 IR 126'], '1b 2d 46 c4 5e c4', '', 'Δ^Δ'],
    [['ISO 2022 IR 100', 'ISO 2022 IR 126'], '1b 2d 46 c4 5c e9', '\\', 'Δ\\é'],
    [['ISO 2022 IR 100', 'ISO 2022 IR 126'], '1b 2d 46 c4 0d 0a e9', '', 'Δ\r\né'],
    [['', 'ISO 2022 IR 149'], '1b 24 29 43 fb f3 5e e9', '^=', '洪^é'],
    // 0x5e as the second byte of a character is not a delimiter.
    [['', 'ISO 2022 IR 87'], '1b 24 42 30 5e 1b 28 42 5e 41', '^=', '緯^A'],
  ])('goes back to the first set after a delimiter: %j %s %j', (sets, hex, delimiters, text) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(textDecoder(sets)(bytes, 0, bytes.length, delimiters)).toBe(text);
  });
});
