import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleHash, createBundle, openBundle, type Bundle } from '@ichor/bundle';
import { readLabelCsv } from '@ichor/dataset';
import { IchorError, present, writeFileAtomic } from '@ichor/files';
import { planStudies } from '@ichor/intake';
import { setLayout, studyTruth, type CohortOptions, type SliceTruth } from '@ichor/phantom';
import { StudyPredictor, studyPage, type StudyPrediction } from '@ichor/predict';
import { renderStudy, type ReportSlice } from '@ichor/report';
import { datasetTable, layout, readTable } from '@ichor/tables';

export interface TruthPage {
  readonly page: string;
  readonly bundle: string;
  readonly slices: number;
  readonly positive: number;
}

/**
 * The report of a test study with blood, with the true bleeds, which a synthetic set knows: prediction,
 * heat map and truth side by side. Predicted by one network alone, so that the heat map is of what is predicted.
 *
 * @param set how the synthetic set below `root` was made
 * @param model base model that is trained
 */
export async function writeTruthPage(root: string, set: CohortOptions, model: string): Promise<TruthPage> {
  const paths = layout(root);
  const folder = join(paths.outputFolder, 'bundle');
  await rm(folder, { recursive: true, force: true });
  await createBundle({ out: folder, name: `demo: ${model}`, models: [model], stacking: false, root });
  const bundle = await openBundle(folder);
  const { ids, positive } = await middlingStudy(root);
  const truth = studyTruth(set, 'test', present(ids[0]));
  if (truth === undefined) {
    throw new IchorError({
      code: 'pipeline/other-set',
      file: setLayout(root).description,
      reason: `the synthetic set with these options has no slice ${present(ids[0])}`,
      remedy: 'choose another --root',
    });
  }
  const files = ids.map((id) => join(paths.input.testImages, `${id}.dcm`));
  const prediction = await predictStudy(files, bundle);
  const report = studyPage(prediction, bundle.manifest, {
    title: 'Synthetic study of the test set, with its true bleeds',
    patientData: false,
    bundleHash: bundleHash(bundle.manifest),
  });
  const page = join(paths.outputFolder, 'study.html');
  const slices = report.slices.map((slice, index) => ({
    ...slice,
    ...truthOf(truth.get(present(prediction.slices[index]).slice.sopInstanceUid)),
  }));
  await writeFileAtomic(page, renderStudy({ ...report, slices }));
  return { page, bundle: folder, slices: slices.length, positive };
}

function truthOf(known: SliceTruth | undefined): Pick<ReportSlice, 'truth'> {
  if (known === undefined) return {};
  const { width, height, mask: data, kinds: labels } = known;
  return { truth: { mask: { width, height, data }, labels } };
}

/** The study with blood whose share of slices with blood is the median, so not a chosen good example. Returns the IDs of its slices. */
async function middlingStudy(
  root: string,
): Promise<{ readonly ids: readonly string[]; readonly positive: number }> {
  const labels = await readLabelCsv(setLayout(root).testLabels);
  const paths = layout(root);
  const { columns } = await readTable(paths.preprocessed('test'), datasetTable, {
    columns: ['ID', 'StudyInstanceUID'],
  });
  const studies = new Map<string, string[]>();
  columns.ID.forEach((id, row) => {
    const study = present(columns.StudyInstanceUID[row]);
    studies.set(study, [...(studies.get(study) ?? []), id]);
  });
  const counted = [...studies.values()].map((ids) => ({
    ids,
    positive: ids.filter((id) => labels.labelsOf(id)?.includes('any') === true).length,
  }));
  const share = ({ ids, positive }: (typeof counted)[number]) => positive / ids.length;
  const sick = counted.filter(({ positive }) => positive > 0).sort((a, b) => share(a) - share(b));
  const middle = sick[Math.floor(sick.length / 2)] ?? counted[0];
  if (middle === undefined) {
    throw new IchorError({
      code: 'pipeline/no-study',
      file: paths.preprocessed('test'),
      reason: 'the test set has no slices',
      remedy: 'choose another --root',
    });
  }
  return middle;
}

async function predictStudy(files: readonly string[], bundle: Bundle): Promise<StudyPrediction> {
  const { studies, close } = await planStudies(files);
  const predictor = new StudyPredictor(bundle, { provider: 'cpu' });
  try {
    return await predictor.predict(present(studies[0]));
  } finally {
    await predictor.close();
    close();
  }
}
