import { baseModelSchema } from '@ichor/base-model';
import { stackerSchema, type Stacker } from '@ichor/stacking';
import { LABELS } from '@ichor/tables';
import { eightBitComparisonSchema } from '@ichor/training';
import { z } from 'zod';

/** Raised whenever a reader of the older version would compute other numbers, or not understand the manifest. */
export const BUNDLE_VERSION = 3;

/** Of bundles with figures of 8 bits, which readers of version 3 do not understand. It differs in nothing else. */
export const EIGHT_BIT_VERSION = 4;

export const READABLE_VERSIONS: readonly number[] = [BUNDLE_VERSION, EIGHT_BIT_VERSION];

/** What the score of a study can be. */
export const STUDY_SCORES = ['three-neighbours', 'study-answer'] as const;
export type StudyScore = (typeof STUDY_SCORES)[number];

const probability = z.number().min(0).max(1);
const perLabel = <Value extends z.ZodType>(value: Value) => z.array(value).length(LABELS.length);
const file = z.strictObject({
  /** Relative to the manifest; never outside its folder. */
  path: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._/-]*$/i)
    .refine((path) => !path.split('/').includes('..')),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().min(0),
});

const scores = z.strictObject({
  slices: z.number().int(),
  weightedLogLoss: z.number(),
  logLoss: perLabel(z.number()),
  /** null where a label lacks one of the classes */
  auc: perLabel(z.number().nullable()),
});

const platt = z.strictObject({ slope: z.number(), offset: z.number() });
const threshold = z.strictObject({
  threshold: probability,
  wanted: probability,
  sensitivity: probability,
  specificity: probability,
  positives: z.number().int(),
  negatives: z.number().int(),
});

/** `manifest.json` of a bundle; every list over labels is in the order of `labels`. */
export const manifestSchema = z.strictObject({
  format: z.literal('ichor-bundle'),
  version: z.literal([BUNDLE_VERSION, EIGHT_BIT_VERSION]),
  name: z.string().min(1),
  createdAt: z.iso.datetime(),
  /** A notice for every number of the bundle, e.g. that it was trained on synthetic heads only. */
  notice: z.string().min(1).max(300).exactOptional(),
  software: z.strictObject({ ichor: z.string(), node: z.string() }),
  /** Always these, in this order: it decides which output means what. */
  labels: z.array(z.string()).refine((labels) => labels.join() === LABELS.join(), {
    error: `must be ${LABELS.join(', ')}, in this order`,
  }),
  networks: z
    .array(
      z.strictObject({
        model: z.string(),
        fold: z.number().int().min(0),
        /** From 0. */
        epoch: z.number().int().min(0),
        settings: baseModelSchema,
        /** Of the weights in the file; default float32. With int8, all numbers between its convolutions are bytes too. */
        precision: z.enum(['bf16', 'float16', 'int8']).exactOptional(),
        /** What 8 bits cost its predictions, where they were wanted; it has them only where the cost is small. */
        eightBit: eightBitComparisonSchema.exactOptional(),
        onnx: file,
        /** Parameters of the head, from which heat maps are made. */
        head: file,
        outOfFold: scores,
      }),
    )
    .min(1),
  /** First level first; each finds its inputs of the same fold among the networks and the stackers before it. */
  stackers: z.array(
    z.strictObject({
      name: z.string(),
      fold: z.number().int().min(0),
      settings: stackerSchema,
      /** A file per label, or one under `all`: weights with their scaler, or a booster. */
      parts: z.record(z.string(), file),
      outOfFold: scores,
    }),
  ),
  /** How the networks are combined: their mean, or the output of the stacker `final` (mean over its folds). */
  ensemble: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('mean'), outOfFold: scores }),
    z.strictObject({ kind: z.literal('stacking'), final: z.string(), outOfFold: scores }),
  ]),
  /**
   * What the score of a study is: for each label the largest mean of three neighbouring slices, or what the stacker that
   * is final in the ensemble answers for the whole series (mean over its folds).
   */
  studyScore: z.enum(STUDY_SCORES),
  calibration: z.strictObject({ slice: perLabel(platt.nullable()), study: perLabel(platt.nullable()) }),
  /** On calibrated study probabilities; null where a label lacks positive or negative studies. */
  thresholds: perLabel(threshold.nullable()),
  /** At other sensitivities that were requested; none of them decides. */
  otherThresholds: perLabel(z.array(threshold)),
  /** Area under the ROC curve of studies, out of fold. */
  studyAuc: perLabel(z.number().nullable()),
  training: z.strictObject({
    studies: z.number().int(),
    slices: z.number().int(),
    patients: z.number().int(),
    /** Studies with a predicted slice: those that calibration and thresholds were fitted on. */
    evaluatedStudies: z.number().int(),
    /** Of the evaluated ones. */
    positiveStudies: perLabel(z.number().int()),
    /** Fingerprint of the slices and targets of each fold. */
    data: z.array(z.string()),
  }),
});

/** The first inconsistency between the parts of a manifest; undefined when there is none. */
export function inconsistency({
  version,
  networks,
  stackers,
  ensemble,
  studyScore,
}: BundleManifest): string | undefined {
  const there = new Set<string>();
  for (const [name, fold, inputs] of [
    ...networks.map(({ model, fold }) => [model, fold, []] as const),
    ...stackers.map(({ name, fold, settings }) => [name, fold, settings.inputs] as const),
  ]) {
    const missing = inputs.find((input) => !there.has(`${input} ${fold}`));
    if (missing !== undefined) return `${name}, fold ${fold}, needs ${missing}, which is not before it`;
    if (there.has(`${name} ${fold}`)) return `${name}, fold ${fold}, is there twice`;
    there.add(`${name} ${fold}`);
  }
  for (const { model, fold, precision, eightBit } of networks) {
    if (precision === 'int8' && eightBit === undefined)
      return `${model}, fold ${fold}, computes in 8 bits, and nothing says what they cost`;
    if (eightBit !== undefined && version !== EIGHT_BIT_VERSION)
      return `${model}, fold ${fold}, has figures of 8 bits, which version ${version} does not know`;
  }
  const isNetwork = (name: string, fold: number) =>
    networks.some((one) => one.model === name && one.fold === fold);
  for (const { name, fold, settings } of stackers) {
    if (settings.kind !== 'sequence') continue;
    const stranger = settings.embeddings.find(
      (model) => !settings.inputs.includes(model) || !isNetwork(model, fold),
    );
    if (stranger !== undefined)
      return `${name}, fold ${fold}, reads the feature vectors of ${stranger}, which is not one of its networks`;
  }
  const misnamed =
    networks.find(({ model, settings }) => model !== settings.name)?.model ??
    stackers.find(({ name, settings }) => name !== settings.name)?.name;
  if (misnamed !== undefined) return `${misnamed} has the settings of another one`;
  if (ensemble.kind === 'stacking' && !stackers.some(({ name }) => name === ensemble.final)) {
    return `${ensemble.final} is the final model of the ensemble, and is missing`;
  }
  const final = stackers.filter(({ name }) => ensemble.kind === 'stacking' && name === ensemble.final);
  if (studyScore !== studyScoreOf(final[0]?.settings)) {
    return `the score of a study is ${studyScore}, which is not what the ensemble gives`;
  }
  return undefined;
}

/** A sequence model answers for whole series; of all others the score comes from slices. */
export function studyScoreOf(final: Pick<Stacker, 'kind'> | undefined): StudyScore {
  return final?.kind === 'sequence' ? 'study-answer' : 'three-neighbours';
}

export type BundleManifest = z.infer<typeof manifestSchema>;
export type BundledNetwork = BundleManifest['networks'][number];
export type BundledStacker = BundleManifest['stackers'][number];
export type BundleScores = z.infer<typeof scores>;
export type BundledThreshold = z.infer<typeof threshold>;
export type BundledFile = z.infer<typeof file>;
