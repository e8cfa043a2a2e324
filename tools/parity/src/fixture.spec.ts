import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseFixture, readFixture } from './fixture.js';
import { fixtureNetwork } from './network.js';

const path = fileURLToPath(new URL('../fixtures/xception.eval.96x96.json', import.meta.url));
const text = await readFile(path, 'utf8');

/** The fixture with some fields replaced. */
const changed = (fields: object) => JSON.stringify({ ...JSON.parse(text), ...fields });

describe('readFixture', () => {
  it('refuses what is no fixture, naming the field', () => {
    expect(() => parseFixture('{', 'a.json')).toThrow(/a\.json: not a parity fixture/);
    expect(() => parseFixture('[]', 'a.json')).toThrow(/not a parity fixture/);
    expect(() => parseFixture(changed({ classes: 0 }), 'a.json')).toThrow(/classes/);
    expect(() => parseFixture(changed({ mode: 'test' }), 'a.json')).toThrow(/mode/);
    expect(() => parseFixture(changed({ inputShape: [2, 3, 96] }), 'a.json')).toThrow(/inputShape/);
    expect(() => parseFixture(changed({ parameters: [['x', [1], 'other']] }), 'a.json')).toThrow(
      /parameters\.0\.2/,
    );
    expect(() => parseFixture(changed({ classes: 5 }), 'a.json')).toThrow(
      /expected\.logits: should be 2 x 5/,
    );
  });

  it('names a missing file', async () => {
    await expect(readFixture('no-such.json')).rejects.toMatchObject({ code: 'parity/unreadable' });
  });
});

describe('fixtureNetwork', () => {
  it('refuses a network that differs from the fixture', () => {
    const network = (fields: object) => () =>
      fixtureNetwork(parseFixture(changed(fields), 'a.json'), 'a.json');
    expect(network({ backbone: 'resnet50' })).toThrow(/'resnet50' is unknown/);
    expect(network({ batchNorm: { eps: 1e-3, momentum: 0.1 } })).toThrow(/eps 0\.001/);
    expect(network({ inputShape: [2, 1, 96, 96] })).toThrow(
      /parameter 0 of xception should be conv1\.weight \[32, 3, 3, 3\], is conv1\.weight \[32, 1, 3, 3\]/,
    );
    const { parameters } = JSON.parse(text) as { parameters: unknown[] };
    expect(network({ parameters: parameters.slice(0, -1) })).toThrow(
      /should be nothing, is last_linear\.bias/,
    );
  });
});
