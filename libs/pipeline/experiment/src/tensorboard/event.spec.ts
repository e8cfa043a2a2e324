import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { encodeEvent, type EventContent } from './event.js';
import { crc32c, frameRecord } from './record.js';

// Bytes of the tensorboard package 2.21.0, made by fixtures/make_events.py.
const hexByName = z.record(z.string(), z.string());
const fixture = z
  .object({ events: hexByName, records: hexByName })
  .parse(JSON.parse(await readFile(new URL('fixtures/events.json', import.meta.url), 'utf8')));

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytes = (text: string) => new TextEncoder().encode(text);

it('has the CRC-32C of the standard', () => {
  // RFC 3720, appendix B.4: 32 zeros; ascending bytes. The check value of "123456789" is e3069283.
  expect(crc32c(new Uint8Array(32)).toString(16)).toBe('8a9136aa');
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)).toString(16)).toBe('46dd794e');
  expect(crc32c(bytes('123456789')).toString(16)).toBe('e3069283');
});

it.each(Object.entries(fixture.records))('frames %j as tensorboard does', (text, expected) => {
  expect(hex(frameRecord(bytes(text)))).toBe(expected);
});

const summaries = (...all: Extract<EventContent, { kind: 'summaries' }>['summaries']): EventContent => ({
  kind: 'summaries',
  summaries: all,
});

const events: Record<string, readonly [time: number, step: number, content: EventContent]> = {
  version: [1234.5, 0, { kind: 'version' }],
  restart: [1234.5, 7, { kind: 'restart' }],
  scalars: [
    1234.5,
    300,
    summaries(
      { tag: 'loss/step', scalar: 0.1 },
      { tag: 'zero', scalar: 0 },
      // Larger than a float of 32 bits.
      { tag: 'large', scalar: 1e39 },
    ),
  ],
  image: [0, 2 ** 40, summaries({ tag: 'worst', image: { width: 3, height: 2, png: bytes('PNG') } })],
  text: [0, 1, summaries({ tag: 't', text: '| käse |' })],
  hyperparameters: [
    0,
    0,
    summaries({
      hyperparameters: { 'b.rate': 0.001, a: 'bn-fc', c: false, d: 0 },
      group: 'net',
      time: 1.5,
    }),
  ],
  ended: [0, 0, summaries({ ended: 'success', time: 2.5 })],
};

it('is tested on every event of the fixture', () => {
  expect(Object.keys(events)).toEqual(Object.keys(fixture.events));
});

it.each(Object.entries(events))('encodes "%s" as tensorboard does', (name, [time, step, content]) => {
  expect(hex(encodeEvent(time, step, content))).toBe(fixture.events[name]);
});
