/** Letters whose strokes are not combining accents in Unicode. */
const strokes: Readonly<Record<string, string>> = { Ł: 'L', Ø: 'O', Æ: 'AE', Đ: 'D' };

/**
 * Free text as the tables of words want it: upper case, no accents (`Schädel`, `CRÂNE`), `_` as a blank, one blank
 * between words.
 */
export function plainText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toUpperCase()
    .replace(/[ŁØÆĐ]/g, (letter) => strokes[letter] ?? letter)
    .replace(/[_\s]+/gu, ' ')
    .trim();
}

/** Any of some patterns, not inside a longer word or number. For `plainText`. */
export function anyWord(...patterns: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${patterns.join('|')})(?![\\p{L}\\p{N}])`, 'u');
}
