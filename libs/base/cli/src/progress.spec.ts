import { describe, expect, it } from 'vitest';
import { Progress } from './progress.js';
import { Terminal } from './terminal.js';

function screen(isTTY: boolean, columns = 120) {
  let written = '';
  const terminal = new Terminal({ isTTY, columns, write: (text) => (written += text) });
  let time = 0;
  return {
    terminal,
    now: () => time,
    wait: (seconds: number) => (time += seconds),
    /** What a person would see: carriage return and clear-line applied. */
    lines: () =>
      written.split('\n').map((line) => line.slice(line.lastIndexOf('\u001b[2K') + 1).replace('[2K', '')),
    written: () => written,
  };
}

describe('Progress', () => {
  it('on a terminal shows share, count, rate, time left and fields on one line', () => {
    const { terminal, now, wait, written } = screen(true);
    const progress = new Progress({ label: 'fold 0', total: 400, unit: 'slices', terminal, now });
    wait(10);
    progress.update(100, { loss: 0.31234, lr: 6e-5 });
    // 100 in 10 s is 10/s; 300 more take 30 s.
    expect(progress.line()).toBe(
      'fold 0  ████············   25 %  100/400 slices  10/s  30 s left  loss 0.3123  lr 6.00e-5',
    );
    expect(written()).not.toContain('\n');
  });

  it('on a narrow terminal drops the bar, then a part of the name, then the count', () => {
    const { terminal, now, wait } = screen(true);
    const label = 'se-resnext-410 fold 0  epoch 1/3';
    const progress = new Progress({ label, total: 400, unit: 'slices', terminal, now });
    wait(10);
    progress.update(100, { step: '7/25', loss: 0.31234, lr: 6e-5 });
    const tail = '10/s  30 s left  step 7/25  loss 0.3123  lr 6.00e-5';
    expect(progress.line(130)).toContain('█');
    expect(progress.line(111)).toBe(`${label}   25 %  100/400 slices  ${tail}`);
    expect(progress.line(98)).toBe(`…410 fold 0  epoch 1/3   25 %  100/400 slices  ${tail}`);
    expect(progress.line(78)).toBe(`…fold 0  epoch 1/3   25 %  ${tail}`);
  });

  it('does not count the work of an earlier run in the rate', () => {
    const { terminal, now, wait } = screen(true);
    const progress = new Progress({ label: 'x', total: 400, done: 300, terminal, now });
    expect(progress.line()).toContain(' 75 %  300/400');
    wait(10);
    progress.advance(50);
    // 50 in 10 s; 50 more take 10 s.
    expect(progress.line()).toContain('350/400  5/s  10 s left');
  });

  it('prints only a plain line every few seconds where the output is no terminal', () => {
    const { terminal, now, wait, lines } = screen(false);
    const progress = new Progress({ label: 'read', total: 100, terminal, now, plainInterval: 5 });
    for (let i = 0; i < 20; i++) {
      wait(1);
      progress.advance();
    }
    expect(lines().filter((line) => line !== '')).toHaveLength(4);
    progress.finish();
    expect(lines().at(-2)).toBe('read: 20 in 20 s');
  });

  it('measures the rate over the last seconds, not from the start', () => {
    const { terminal, now, wait } = screen(false);
    const progress = new Progress({ label: 'x', total: 10_000, terminal, now });
    for (let i = 0; i < 100; i++) {
      wait(1);
      progress.advance(1);
    }
    for (let i = 0; i < 30; i++) {
      wait(1);
      progress.advance(10);
    }
    expect(progress.rate).toBeCloseTo(10, 0);
  });

  it('a child shares the line of its parent and gives it back', () => {
    const { terminal, now, wait, written } = screen(true);
    const parent = new Progress({ label: 'demo', total: 17, terminal, now });
    parent.update(3);
    const child = parent.child({ label: 'model-base', total: 10 });
    wait(1);
    child.advance(5);
    expect(child.line()).toMatch(/^demo 3\/17 > model-base {2}█+·+ {3}50 % {2}5\/10/);
    child.finish(false);
    expect(written().endsWith(parent.line())).toBe(true);
  });

  it('shows the detail of a piece of work after its own count', () => {
    const { terminal, now, wait } = screen(true);
    const progress = new Progress({ label: 'demo', total: 52, terminal, now });
    progress.update(3);
    wait(75);
    progress.detail('model-base fold 0  epoch 1/2  40 %');
    expect(progress.line()).toBe('demo 3/52  1:15 > model-base fold 0  epoch 1/2  40 %');
    progress.detail('');
    expect(progress.line()).toMatch(/^demo {2}▉·/);
  });

  it('lines printed meanwhile stay above the bar', () => {
    const { terminal, now, lines } = screen(true);
    const progress = new Progress({ label: 'x', total: 2, terminal, now });
    progress.log('a slice was left out');
    expect(lines()[0]).toBe('a slice was left out');
    expect(lines()[1]).toContain('x  ');
  });

  it('never wraps on a narrow terminal', () => {
    const { terminal, now, lines } = screen(true, 20);
    new Progress({ label: 'a label that is far too long for this', total: 2, terminal, now });
    expect(lines().every((line) => line.length < 20)).toBe(true);
  });
});
