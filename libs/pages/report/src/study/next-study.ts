import { html, Html } from '../html.js';

const start = '<!-- next study -->';
const end = '<!-- end of next study -->';

/** The link to the next study, which is not known yet when a page is written. */
export const nextStudy = {
  empty: new Html(start + end),
  /** The page with a link to the next study added, or in place of an earlier link; the unchanged page if it has no mark for the link. */
  fillIn(page: string, address: string): string {
    const from = page.indexOf(start);
    const to = page.indexOf(end, from);
    if (from < 0 || to < 0) return page;
    const link = html`<a href="${address}">next study →</a>`.text;
    return page.slice(0, from + start.length) + link + page.slice(to);
  },
};
