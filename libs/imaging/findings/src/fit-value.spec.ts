import { describe, expect, it } from 'vitest';
import { fitValue } from './fit-value.js';

/** What a value becomes by the rules of PS3.5 6.2, derived by hand. */
describe('fitValue', () => {
  it.each([
    ['PN', 'Müller^Jörg', 'Müller^Jörg', false],
    ['PN', `${'a'.repeat(63)}😀^b`, 'a'.repeat(63), true], // the pair of surrogates would be cut in half
    ['PN', `${'x'.repeat(70)}^y=${'z'.repeat(65)}=p=q`, `${'x'.repeat(64)}=${'z'.repeat(64)}=p`, true],
    ['PN', 'a^b^c^d^e^f', 'a^b^c^d^e', true],
    ['PN', 'Doe\u001b[2J^J\\K', 'Doe [2J^J K', true],
    ['LO', ' padded ', 'padded', false],
    ['LO', 'l'.repeat(65), 'l'.repeat(64), true],
    ['SH', 'half \ud800 pair', 'half \ufffd pair', true],
    ['SH', 'abcdefghijklmnopq', 'abcdefghijklmnop', true],
    ['CS', 'm', 'M', false],
    ['CS', 'männlich', '', true],
    ['DA', '20240229', '20240229', false],
    ['DA', '2024.01.31', '20240131', false],
    ['DA', '2024-01-31', '20240131', true],
    ['DA', '19500101000000', '19500101', true],
    ['DA', '19500101000000.5+0100', '19500101', true],
    ['DA', '20230229', '', true],
    ['DA', '2023.0229', '', true],
    ['DA', '20240101-20240201', '', true],
    ['DA', '01/02/2024', '', true],
    ['DA', '', '', false],
    ['TM', '083000', '083000', false],
    ['TM', '08:30:00.5', '083000.5', false],
    ['TM', '2460', '', true],
    ['TM', '235960', '235960', false],
    ['TM', '08:30 AM', '', true],
  ] as const)('%s %j becomes %j', (vr, given, value, lost) => {
    expect(fitValue(vr, given)).toEqual({ value, lost });
  });
});
