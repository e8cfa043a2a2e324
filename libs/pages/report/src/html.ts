import { present } from '@ichor/files/present';
import { printable } from '@ichor/files/printable';

/** A piece of HTML that needs no further escaping. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

type Fragment = Html | string | number | readonly Fragment[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes text safe inside elements and quoted attributes; what is not seen shows as `\\u202e`. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => present(entities[character]));
}

/** Tag for template literals: interpolated strings are escaped, {@link Html} and arrays of it are not. */
export function html(strings: TemplateStringsArray, ...parts: readonly Fragment[]): Html {
  return new Html(strings.reduce((text, string, index) => text + render(present(parts[index - 1])) + string));
}

function render(part: Fragment): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return part.map(render).join('');
}

/**
 * The pieces of HTML before and after the content of `template`, for content that comes in pieces itself.
 *
 * @param template puts its argument somewhere once
 */
export function around(template: (content: Html) => Html): { readonly before: Html; readonly after: Html } {
  const place = '<!-- content -->';
  const { text } = template(new Html(place));
  const at = text.indexOf(place);
  return { before: new Html(text.slice(0, at)), after: new Html(text.slice(at + place.length)) };
}

/** Data for a script of the page: `</script>` and comments inside strings cannot end the element. */
export function jsonScript(id: string, data: unknown): Html {
  const text = printable(JSON.stringify(data)).replace(/</g, '\\u003c');
  return new Html(`<script type="application/json" id="${escapeHtml(id)}">${text}</script>`);
}
