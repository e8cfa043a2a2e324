import { structuredReport } from '@ichor/findings';
import { expect, it } from 'vitest';

it('runs the first example of the README', () => {
  const study = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4', images: [] };
  const origin = { softwareVersion: '0.1.0', modelName: 'my bundle', createdAt: new Date() };
  const file = structuredReport(
    study,
    [{ label: 'any', probability: 0.93, rawProbability: 0.81, threshold: 0.4, slices: [] }],
    origin,
  );
  // A DICOM file has 128 bytes of preamble, then its mark.
  expect(Buffer.from(file.subarray(128, 132)).toString()).toBe('DICM');
});
