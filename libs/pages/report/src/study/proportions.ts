import type { ReportSlice } from './study-report.js';

/** CSS that gives a picture the proportions of the head, also where pixels are not square. */
export function proportions({ fieldOfView, picture }: Pick<ReportSlice, 'fieldOfView' | 'picture'>): string {
  const { width, height } = fieldOfView ?? picture;
  return `aspect-ratio:${width}/${height}`;
}
