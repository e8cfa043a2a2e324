import { describe, expect, it } from 'vitest';
import { runFuzz } from './cases.js';

describe('mutated and truncated files of every transfer syntax', () => {
  it('12,000 cases end in a result or a DicomError, under 512 MiB', { timeout: 120_000 }, async () => {
    const report = await runFuzz({ seed: 2019, first: 0, cases: 12_000 });
    expect(report.untyped).toEqual([]);
    // The test covers both: harmless mutations, and mutations that reach the decoders.
    expect(report.outcomes['read']).toBeGreaterThan(1000);
    expect(report.outcomes['dicom/bad-pixels']).toBeGreaterThan(1000);
    expect(report.peakMemory).toBeLessThan(512 * 2 ** 20);
  });
});
