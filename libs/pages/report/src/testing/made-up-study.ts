import { present } from '@ichor/files/present';
import { renderStudy } from '../study/render-study.js';
import type { ReportSlice, StudyReport } from '../study/study-report.js';

export const labels = [
  'any',
  'epidural',
  'subdural',
  'subarachnoid',
  'intraventricular',
  'intraparenchymal',
] as const;

/** The whole page of a study. */
export async function pageOf(report: StudyReport): Promise<string> {
  let page = '';
  for await (const piece of renderStudy(report)) page += piece;
  return page;
}

/** A made-up study for tests: slice k is a disc of 30 + k HU in air, its probabilities are k / 10 and so on. */
export function madeUpStudy(count = 9): StudyReport {
  const slices = Array.from({ length: count }, (_, k) => slice(k));
  const { raw, calibrated } = present(slices[count - 1]);
  return {
    title: 'study <one> & only',
    labels,
    raw,
    calibrated,
    explanations: ['Calibrated means calibrated.'],
    thresholds: [0.5, undefined, 0.99, undefined, undefined, undefined],
    slices,
    keySlices: [count - 1],
    series: { name: 'HEAD 5 mm', reason: 'axial, soft-tissue kernel' },
    otherSeries: [{ name: 'SCOUT', reason: 'a localizer' }],
    warnings: ['one slice is missing between 3 and 4'],
    model: [['bundle', 'test']],
    patient: [['PatientName', 'Doe^Jane']],
  };
}

function slice(k: number): ReportSlice {
  const size = 32;
  const data = new Int16Array(size * size).fill(-1000);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if ((x - 15.5) ** 2 + (y - 15.5) ** 2 < 100) data[y * size + x] = 30 + k;
    }
  }
  const calibrated = labels.map((_, label) => k / (10 + label));
  return {
    name: `slice-${k}.dcm`,
    position: 5 * k,
    orientation: [1, 0, 0, 0, 1, 0],
    fieldOfView: { width: 160, height: 160 },
    picture: { width: size, height: size, data },
    raw: calibrated.map((probability) => probability / 2),
    calibrated,
    ...(k === 8 ? { heat: { label: 'any', width: 2, height: 1, data: Float32Array.of(0, 1) } } : {}),
  };
}
