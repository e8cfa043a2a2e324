import { present } from '@ichor/files/present';
import { printableLine } from '@ichor/files/printable';
import { Html, html } from './html.js';
import { style } from './style.js';

export interface Page {
  readonly title: string;
  /** A notice for every number of the page, below the note that this is no medical device. */
  readonly notice?: string | undefined;
  readonly body: Html;
  /** Below the page, and below each printed sheet. */
  readonly footer?: string;
  /** Additional CSS. */
  readonly style?: string;
  /** Sources of scripts, each run as a module of its own. */
  readonly scripts?: readonly string[];
}

export const notMedicalDevice =
  'Not a medical device. For research only: these numbers must not be used to diagnose or treat anybody.';

/**
 * The footer in the margin below each printed sheet. Every character but letters and digits is escaped: it is text in CSS
 * within HTML.
 */
function sheetFooter(footer: string | undefined): string {
  if (footer === undefined) return '';
  const escaped = printableLine(footer).replace(
    /[^A-Za-z0-9]/gu,
    (character) => `\\${present(character.codePointAt(0)).toString(16)} `,
  );
  return `@page { @bottom-left { content: '${escaped}'; font: 8pt system-ui, sans-serif; color: #566070; } }`;
}

/**
 * A whole HTML document that needs nothing else: its policy forbids the browser to load anything from
 * a network, so that opening it sends nothing.
 */
export function renderPage(page: Page): string {
  const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";
  const scripts = (page.scripts ?? []).map(
    (source) => new Html(`<script type="module">\n${source}</script>`),
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="Ichor" />
        <title>${page.title}</title>
        <style>
          ${new Html(style + (page.style ?? '') + sheetFooter(page.footer))}
        </style>
      </head>
      <body>
        <main>
          <p class="notice" role="note">${notMedicalDevice}</p>
          ${page.notice === undefined ? '' : html`<p class="notice" role="note">${page.notice}</p>`}
          ${page.body}
          ${page.footer === undefined ? '' : html`<footer>${page.footer}. For research only.</footer>`}
        </main>
        ${scripts}
      </body>
    </html> `.text;
}
