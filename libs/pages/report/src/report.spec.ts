import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { around } from './html.js';
import { html, jsonScript, nextStudy, renderPage } from './index.js';
import { encodeSlice } from './study/encode-slice.js';
import { madeUpStudy, pageOf } from './testing/made-up-study.js';

describe('html', () => {
  it('shows what is not seen, in the page and in its data', () => {
    expect(html`<p>${'a\u202eb\u0007'}</p>`.text).toBe('<p>a\\u202eb\\u0007</p>');
    const { text } = jsonScript('x', { name: 'a\u202eb' });
    expect(text).toContain('"a\\u202eb"');
  });

  it('escapes inserted strings and keeps nested pieces', () => {
    expect(html`<p title="${'"'}">${'<b> & '}${[html`<i>${1}</i>`]}</p>`.text).toBe(
      '<p title="&quot;">&lt;b&gt; &amp; <i>1</i></p>',
    );
  });

  it('is split around content that comes in pieces', () => {
    const { before, after } = around(
      (rows) =>
        html`<ul>
          ${rows}
        </ul>`,
    );
    expect([before.text.trim(), after.text.trim()]).toEqual(['<ul>', '</ul>']);
  });

  it('keeps data from ending their script', () => {
    const { text } = jsonScript('data', { evil: '</script><script>' });
    expect(text).not.toContain('</script><script>');
    const body = text.slice(text.indexOf('>') + 1, text.lastIndexOf('<'));
    expect(JSON.parse(body)).toEqual({ evil: '</script><script>' });
  });
});

describe('renderPage', () => {
  it('forbids loading and says that it is no medical device', () => {
    const page = renderPage({ title: 'a & b', body: html`<p>x</p>` });
    expect(page).toContain(`content="default-src &#39;none&#39;;`);
    expect(page).toContain('<title>a &amp; b</title>');
    expect(page).toContain('Not a medical device');
  });

  it('writes its footer below each printed sheet, whatever the name of a bundle is', () => {
    const page = renderPage({ title: 't', body: html`<p>x</p>`, footer: `a'}</style> 1` });
    expect(page).toContain(String.raw`content: 'a\27 \7d \3c \2f style\3e \20 1'`);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
  });
});

describe('encodeSlice', () => {
  it('can be undone exactly from -400 to 4095 HU', async () => {
    const data = Int16Array.of(-3000, -400, 0, 4095, 5000, 12, 7, -20, 40);
    const { pixels } = await encodeSlice({ width: 3, height: 3, data });
    const bytes = inflateRawSync(Buffer.from(pixels, 'base64'));
    const decoded: number[] = [];
    for (let i = 0; i < 9; i++) {
      const zigzag = bytes[i]! + 256 * bytes[9 + i]!;
      const difference = zigzag % 2 === 1 ? -(zigzag + 1) / 2 : zigzag / 2;
      const [row, column] = [Math.floor(i / 3), i % 3];
      const at = (y: number, x: number) => decoded[3 * y + x]!;
      let predicted = 0;
      if (row === 0 && column > 0) predicted = at(0, column - 1);
      if (row > 0 && column === 0) predicted = at(row - 1, 0);
      if (row > 0 && column > 0) {
        const [left, above] = [at(row, column - 1), at(row - 1, column)];
        // The median of three, as JPEG-LS defines it.
        predicted = [left, above, left + above - at(row - 1, column - 1)].sort((a, b) => a - b)[1]!;
      }
      decoded.push(difference + predicted);
    }
    expect(decoded).toEqual([-400, -400, 0, 4095, 4095, 12, 7, -20, 40]);
  });
});

describe('renderStudy', () => {
  it('shows no number of a label that is not separated, and says so at the top', async () => {
    const separates = [true, false, true, true, true, true];
    const page = await pageOf({
      ...madeUpStudy(),
      separates,
      alarm: 'This bundle does not separate epidural.',
    });
    expect(page).toContain('<strong>Caution:</strong> This bundle does not separate epidural.');
    expect(page).toContain('data-study="epidural">–</b>');
    expect(page).toContain('data-study="any">0.800</b>');
  });

  it('links to the next study once it exists', async () => {
    const page = await pageOf({ ...madeUpStudy(), links: { overview: '../../index.html' } });
    expect(page).not.toContain('next study →');
    const linked = nextStudy.fillIn(page, '../study-0002/report.html');
    expect(linked).toContain('<a href="../study-0002/report.html">next study →</a>');
    expect(nextStudy.fillIn(linked, '../study-0002/report.html')).toBe(linked);
    expect(nextStudy.fillIn('<p>no place</p>', 'x')).toBe('<p>no place</p>');
  });

  it('tells series, warnings and thresholds, and escapes names', async () => {
    const page = await pageOf(madeUpStudy());
    expect(page).toContain('<h1>study &lt;one&gt; &amp; only</h1>');
    expect(page).toContain('<b>SCOUT</b> not read: a localizer');
    expect(page).toContain('one slice is missing between 3 and 4');
    expect(page).toContain('above 0.500');
  });

  it('holds no patient data unless they are given', async () => {
    const anonymous = { ...madeUpStudy() };
    delete anonymous.patient;
    expect(await pageOf(anonymous)).not.toContain('Doe');
  });

  it('shows the true bleeds of key slices where they are known', async () => {
    const study = madeUpStudy();
    const mask = { width: 32, height: 32, data: new Uint8Array(32 * 32).fill(1) };
    const knowing = (labels: readonly string[]) =>
      pageOf({ ...study, slices: study.slices.map((slice) => ({ ...slice, truth: { mask, labels } })) });
    expect(await pageOf(study)).not.toContain('truth:');
    expect(await knowing(['subdural', 'epidural'])).toContain(
      '<figcaption>truth: subdural, epidural</figcaption>',
    );
    expect(await knowing([])).toContain('<figcaption>truth: no bleed</figcaption>');
  });

  it('shows a study of a single slice', async () => {
    expect(await pageOf(madeUpStudy(1))).toContain('<span class="faint">slices</span> 1<');
  });
});
