import { resolve } from 'node:path';
import { defineCommand, formatTable } from '@ichor/cli';
import { present } from '@ichor/files';
import {
  evaluateStudies,
  readResults,
  readTruth,
  type LabelEvaluation,
  type Proportion,
} from '@ichor/predict';
import { z } from 'zod';

export const evaluateCommand = defineCommand({
  name: 'ichor evaluate',
  summary: 'Compares predicted studies with the truth: AUC, sensitivity and specificity, with intervals.',
  description:
    'Reads the folder that ichor predict wrote and a CSV with the truth: of slices (ID,Label as in the challenge; a ' +
    'study is positive when one of its slices is) or of studies (StudyInstanceUID and columns any, epidural... with 0 ' +
    'or 1). AUC by calibrated probability of the study; sensitivity and specificity at the threshold of the bundle. ' +
    'Not a medical device: for research only.',
  options: {
    truth: z.string().min(1).describe('CSV with the truth'),
    json: z.boolean().describe('Print JSON'),
  },
  shorts: { truth: 't' },
  positionals: { name: 'RESULTS', description: 'Folder that ichor predict wrote', min: 1, max: 1 },
  examples: [
    {
      command: 'ichor evaluate results --truth demo/truth/stage_2_test.csv',
      does: 'the test set of a phantom',
    },
  ],
  async run({ truth: csv, json }, { positionals, print }) {
    const fromHere = (path: string) => resolve(process.env['INIT_CWD'] ?? '.', path);
    const results = await readResults(fromHere(present(positionals[0])));
    const truth = await readTruth(fromHere(csv), results);
    const evaluation = evaluateStudies(results, truth);
    const { studies, withoutTruth, labels } = evaluation;
    if (json) {
      print(
        JSON.stringify(
          {
            ...evaluation,
            matchedBy: truth.matchedBy,
            misfit: truth.misfit ?? null,
            unusedTruth: truth.unused,
            partlyKnown: truth.partly,
            problems: truth.problems,
          },
          null,
          2,
        ),
      );
      return studies > 0 ? 0 : 1;
    }
    print(
      formatTable(
        ['label', 'positive', 'negative', 'AUC of studies', 'sensitivity', 'specificity', 'Brier score'],
        labels.map(row),
      ),
    );
    print(`${studies} ${studies === 1 ? 'study' : 'studies'}; in brackets 95 % intervals.`);
    if (truth.misfit !== undefined) print(`Nothing to compare: ${truth.misfit}.`);
    if (truth.matchedBy === 'file name') {
      print(
        'No SOPInstanceUID of the truth is in the results: slices were found by the names of their files.',
      );
    }
    if (withoutTruth > 0) print(`${withoutTruth} predicted studies are not in the truth and left out.`);
    if (truth.partly > 0) {
      print(
        `${truth.partly} ${truth.partly === 1 ? 'study has' : 'studies have'} a truth of only some slices: where none of these is positive, the study is left out.`,
      );
    }
    if (truth.unused > 0) print(`${truth.unused} studies or slices of the truth were not predicted.`);
    for (const problem of truth.problems) print(`In the truth: ${problem}`);
    print('Not a medical device. For research only.');
    return studies > 0 ? 0 : 1;
  },
});

function row({ label, positives, negatives, auc, sensitivity, specificity, brier }: LabelEvaluation) {
  const interval = ({ low, high }: { readonly low: number; readonly high: number }) =>
    `(${low.toFixed(3)} to ${high.toFixed(3)})`;
  const share = (one: Proportion | null) =>
    one === null || one.value === null
      ? '-'
      : `${one.value.toFixed(3)} ${interval(one)} ${one.count}/${one.of}`;
  return [
    label,
    positives,
    negatives,
    auc === null ? '-' : `${auc.value.toFixed(3)} ${interval(auc)}`,
    share(sensitivity),
    share(specificity),
    brier === null ? '-' : brier.toFixed(4),
  ];
}
