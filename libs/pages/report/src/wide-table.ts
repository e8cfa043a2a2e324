import { html, type Html } from './html.js';

/**
 * A table that scrolls sideways by itself where it is wider than the page, by keyboard too. Its numbers do not wrap, and its
 * first column stays in sight.
 *
 * @param name what the table shows, for those who cannot see it
 */
export function wideTable(name: string, table: Html): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${name}">${table}</div>`;
}
