import { readFile } from 'node:fs/promises';
import { IchorError, messageOf } from '@ichor/files';
import { z } from 'zod';

const count = z.int().positive();
const finite = z.number();
const shape = z.array(count).min(1);

/** Sum, sum of squares and the value in the middle, floor(n/2), of a tensor of n elements. */
const triple = z.tuple([finite, finite.nonnegative(), finite]);

const parameter = z
  .tuple([
    z.string().min(1),
    shape,
    z.enum(['conv', 'linear', 'bias', 'gamma', 'beta', 'runningMean', 'runningVar']),
  ])
  .transform(([name, shape, kind]) => ({ name, shape, kind }));

const stage = z
  .tuple([z.string().min(1), shape, triple])
  .transform(([module, shape, values]) => ({ module, shape, values }));

const logits = z.array(z.array(finite).min(1)).min(1);

const deviation = z.object({
  logits: finite.nonnegative(),
  loss: finite.nonnegative(),
  gradientNormMedian: finite.nonnegative(),
  gradientNormMax: finite.nonnegative(),
});

const backward = z.object({
  loss: finite,
  logits,
  inputGradient: triple.optional(),
  gradients: z.record(z.string(), triple),
});

const common = {
  id: z.string(),
  backbone: z.string(),
  head: z.enum(['linear', 'bn-fc']),
  classes: count,
  inputShape: z.tuple([count, count, count, count]),
  convGain: finite.positive(),
  batchNorm: z.object({ eps: finite.positive(), momentum: finite.positive() }),
  parameters: z.array(parameter).min(1),
};

const evaluation = z.object({
  ...common,
  mode: z.literal('eval'),
  expected: z.object({ logits, stages: z.array(stage).default([]) }),
  float32Deviation: z.object({ logits: finite.nonnegative() }).optional(),
});

const training = z.object({
  ...common,
  mode: z.literal('train'),
  expected: z.object({
    ...backward.shape,
    zeroGradients: z.array(z.string()).default([]),
    runningStats: z.record(z.string(), z.tuple([finite, finite.nonnegative()])).default({}),
    frozenBatchNorm: backward.optional(),
  }),
  float32Deviation: z.object({ ...deviation.shape, runningStats: finite.nonnegative() }),
});

const fixture = z.discriminatedUnion('mode', [evaluation, training]);

export type Fixture = z.output<typeof fixture>;
export type EvaluationFixture = z.output<typeof evaluation>;
export type TrainingFixture = z.output<typeof training>;
export type FixtureParameter = z.output<typeof parameter>;
export type Triple = z.output<typeof triple>;
export type BackwardExpectation = z.output<typeof backward>;

/**
 * Reads a fixture and checks its form.
 *
 * @throws IchorError `parity/unreadable`, `parity/malformed`
 */
export async function readFixture(file: string): Promise<Fixture> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new IchorError({
      code: 'parity/unreadable',
      file,
      reason: messageOf(cause),
      remedy: 'give the path of a fixture, e.g. tools/parity/fixtures/xception.eval.96x96.json',
      cause,
    });
  }
  return parseFixture(text, file);
}

/** The same from text; `file` is only named in errors. */
export function parseFixture(text: string, file: string): Fixture {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw malformed(file, messageOf(cause), cause);
  }
  const parsed = fixture.safeParse(json);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 5);
    throw malformed(
      file,
      issues.map(({ path, message }) => `${path.map(String).join('.') || 'file'}: ${message}`).join('; '),
      parsed.error,
    );
  }
  const { inputShape, classes, expected } = parsed.data;
  if (expected.logits.length !== inputShape[0] || expected.logits.some((row) => row.length !== classes)) {
    throw malformed(
      file,
      `expected.logits: should be ${inputShape[0]} x ${classes}, is ${expected.logits.length} x ${expected.logits[0]?.length}`,
    );
  }
  return parsed.data;
}

function malformed(file: string, reason: string, cause?: unknown): IchorError {
  return new IchorError({
    code: 'parity/malformed',
    file,
    reason: `not a parity fixture: ${reason}`,
    remedy: 'tools/parity/README.md describes the format',
    cause,
  });
}
