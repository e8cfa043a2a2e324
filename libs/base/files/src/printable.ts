/*
 * Text that came from outside (names of files, headers) on its way to a reader: terminal, CSV, HTML. A terminal obeys
 * control characters, overrides of the writing direction reverse a line, and invisible characters hide a difference.
 */

/** C0 except tab and line feed, DEL, C1; direction and zero-width marks, except the joiners that scripts need. */
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;

/**
 * The text with invisible characters written as escapes such as `\u001b`. JSON uses the same escapes, so JSON keeps its
 * meaning. Line feeds and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(unseen, escaped);
}

/** The same for a text of one line: a name, a reason, a cell. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\t\n]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
