import { decisionsOf, STUDY_SCORES, type BundleManifest } from '@ichor/bundle';
import { LABELS } from '@ichor/tables';
import { z } from 'zod';
import { headlineOf } from './headline.js';
import type { StudyPrediction } from '../study-predictor.js';

const byLabel = <Value extends z.ZodType>(value: Value) =>
  z.strictObject(
    Object.fromEntries(LABELS.map((label) => [label, value])) as Record<(typeof LABELS)[number], Value>,
  );
const probabilities = byLabel(z.number().min(0).max(1));
const series = z.strictObject({ name: z.string(), reason: z.string() });

/** `prediction.json`: everything about a study for machines, and what the tables are made of. */
export const studyRecordSchema = z.strictObject({
  notice: z.string(),
  studyInstanceUid: z.string(),
  seriesInstanceUid: z.string(),
  series,
  /** `selector`: the value for `--series`. */
  otherSeries: z.array(series.extend({ selector: z.string() })),
  /** Of the bundle that predicted it. */
  bundleHash: z.string(),
  /** Of the plan and the bytes of its files: whether the prediction still counts. */
  inputs: z.string(),
  /** What the scores of the study are: from its slices, or the answer of a sequence model. */
  studyScore: z.enum(STUDY_SCORES),
  /** The result at the thresholds, in one line. */
  headline: z.strictObject({ text: z.string(), kind: z.enum(['suspected', 'nothing', 'none']) }),
  calibrated: probabilities,
  raw: probabilities,
  /** null where no threshold was fixed, or the bundle does not separate positive from negative studies */
  aboveThreshold: byLabel(z.boolean().nullable()),
  /** From 1. */
  keySlices: z.array(z.int().min(1)),
  warnings: z.array(z.string()),
  unreadable: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  slices: z.array(
    z.strictObject({
      slice: z.int().min(1),
      file: z.string(),
      sopInstanceUid: z.string(),
      position: z.number().nullable(),
      calibrated: probabilities,
      raw: probabilities,
    }),
  ),
});

export type StudyRecord = z.infer<typeof studyRecordSchema>;

/** @param warnings additional warnings about the derived objects */
export function studyRecord(
  { plan, slices, raw, calibrated, keySlices, warnings, unreadable, inputs }: StudyPrediction,
  manifest: BundleManifest,
  bundleHash: string,
  furtherWarnings: readonly string[] = [],
): StudyRecord {
  const { labels, studyScore, notice } = manifest;
  const named = <Value>(values: readonly Value[]) =>
    Object.fromEntries(labels.map((label, index) => [label, values[index]])) as Record<
      (typeof LABELS)[number],
      Value
    >;
  return {
    notice: ['Not a medical device. For research only.', notice].filter(Boolean).join(' '),
    studyInstanceUid: plan.studyInstanceUid,
    seriesInstanceUid: plan.seriesInstanceUid,
    series: { ...plan.series },
    otherSeries: plan.otherSeries.map((one) => ({ ...one })),
    bundleHash,
    inputs,
    studyScore,
    headline: headlineOf({ slices, calibrated }, manifest),
    calibrated: named(calibrated),
    raw: named(raw),
    aboveThreshold: named(decisionsOf(manifest, calibrated)),
    keySlices: keySlices.map((index) => index + 1),
    warnings: [...warnings, ...furtherWarnings],
    unreadable: unreadable.map((one) => ({ ...one })),
    slices: slices.map(({ slice, ...row }, index) => ({
      slice: index + 1,
      file: slice.source.name,
      sopInstanceUid: slice.sopInstanceUid,
      position: slice.position ?? null,
      calibrated: named(row.calibrated),
      raw: named(row.raw),
    })),
  };
}
