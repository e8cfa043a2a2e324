import type { StateDict } from '@ichor/nn';
import { present } from '@ichor/files';
import { LABELS } from '@ichor/tables';
import { mixed, networkColumns, networksAlone, scoreColumns, type Shares } from './answer.js';
import { chooseShares } from './blend.js';
import type { KnownSeries } from './examples.js';
import { logitLoss } from './logits.js';
import { sequenceNetwork } from './network.js';
import { predictSeries, type SequenceLogits } from './predict.js';
import { pickRows } from './series.js';
import type { SequenceSettings } from './settings.js';
import { trainSequence, type SequenceTraining } from './train-sequence.js';

/** Series of the training folds, with the patient and the fold of each row. */
interface JudgedSeries extends KnownSeries {
  readonly patients: ArrayLike<number>;
  readonly folds: ArrayLike<number>;
}

/** What held-out patients chose. */
interface Judgement {
  readonly epochs: number;
  readonly shares: Shares;
}

/** With more series than this one held-out part decides as well as all in turn. */
const MANY = 1000;
/** Parts of the patients where there is only one training fold. */
const PARTS = 4;
/** Held-out series that the epochs are compared on; the shares see all. */
const COMPARED = 400;

/**
 * Chooses the number of epochs and the shares of the blend on patients who are held out of the training folds. A held-out
 * part is a whole fold, as its networks have seen other patients than those of the rest, or, where there is only one fold, a
 * quarter of its patients. Few series are held out in turn, so that all decide.
 */
export async function judge(
  training: Omit<SequenceTraining, 'known' | 'label' | 'part' | 'epochs' | 'afterEpoch'>,
  all: JudgedSeries,
): Promise<Judgement> {
  const parts = partsOf(all);
  if (parts.length < 2)
    return { epochs: 0, shares: { slices: LABELS.map(() => 0), studies: LABELS.map(() => 0) } };
  const series = all.starts.length - 1;
  const judged: Judged[] = [];
  for (const [number, held] of parts.slice(0, series > MANY ? 1 : undefined).entries()) {
    const chosen = new Set(held);
    const isHeld = (k: number) => chosen.has(k);
    const part = selectSeries(all, isHeld);
    const learned = selectSeries(all, (k) => !isHeld(k));
    const names = { label: `held-out part ${number + 1}`, part: `held-out-${number + 1}` };
    judged.push({ part, ...(await heldOut({ ...training, known: learned, ...names }, part)) });
  }
  const epochs = Math.round(judged.reduce((sum, { epochs }) => sum + epochs, 0) / judged.length);
  const slices = chooseShares({
    networks: joined(judged.map(({ part }) => networkColumns(part.rows))),
    sequence: joined(judged.map(({ logits }) => logits.slices)),
    targets: joined(judged.map(({ part }) => part.targets)),
    patients: judged.flatMap(({ part }) => Array.from(part.patients)),
  });
  const score = ({ part, logits }: Judged) =>
    scoreColumns(mixed(networkColumns(part.rows), logits.slices, slices), part.starts);
  const studies = chooseShares({
    networks: joined(judged.map(score)),
    sequence: joined(judged.map(({ logits }) => logits.study)),
    targets: joined(judged.map(({ part }) => studyTargets(part))),
    patients: judged.flatMap(({ part }) =>
      Array.from(part.starts.slice(0, -1), (row) => part.patients[row]!),
    ),
  });
  return { epochs, shares: { slices, studies } };
}

interface Judged extends HeldOut {
  readonly part: SelectedSeries;
}

interface HeldOut {
  /** With the lowest loss of the held-out series. */
  readonly epochs: number;
  readonly logits: SequenceLogits;
}

async function heldOut(training: SequenceTraining, part: SelectedSeries): Promise<HeldOut> {
  const { engine, settings } = training;
  const compared = selectSeries(part, (k) => k < COMPARED);
  const network = sequenceNetwork(settings, part.rows.columns, null);
  const predict = async (weights: StateDict, of: SelectedSeries) => {
    const session = await engine.inference(network, weights, { outputs: ['slices', 'study'] });
    try {
      return await predictSeries((inputs) => session.run(inputs), of.rows, of.starts);
    } finally {
      await session.dispose();
    }
  };
  let best = {
    epochs: 0,
    loss: lossOf(networksAlone(compared.rows, compared.starts), compared, settings),
    weights: undefined as StateDict | undefined,
  };
  await trainSequence({
    ...training,
    afterEpoch: async (weights, epoch) => {
      const loss = lossOf(await predict(weights, compared), compared, settings);
      if (loss < best.loss) best = { epochs: epoch + 1, loss, weights };
    },
  });
  const logits =
    best.weights === undefined ? networksAlone(part.rows, part.starts) : await predict(best.weights, part);
  return { epochs: best.epochs, logits };
}

/** Mean loss of slices and of studies, weighted as in training. */
function lossOf(
  { slices, study }: SequenceLogits,
  known: KnownSeries,
  { losses, labelWeights }: Pick<SequenceSettings, 'losses' | 'labelWeights'>,
): number {
  const mean = (columns: readonly Float32Array[], targets: readonly Float32Array[]) =>
    columns.reduce((sum, logits, label) => {
      const target = present(targets[label]);
      const loss =
        logits.reduce((all, logit, row) => all + logitLoss(logit, target[row]!), 0) / logits.length;
      return sum + present(labelWeights[label]) * loss;
    }, 0);
  return losses.slices * mean(slices, known.targets) + losses.study * mean(study, studyTargets(known));
}

/** Positive where one of the slices is; one column a label. */
function studyTargets({ starts, targets }: Pick<KnownSeries, 'starts' | 'targets'>): Float32Array[] {
  return targets.map((column) =>
    Float32Array.from({ length: starts.length - 1 }, (_, k) =>
      column.subarray(starts[k], starts[k + 1]).reduce((most, value) => Math.max(most, value), 0),
    ),
  );
}

/** Numbers of the series of each part that is held out. */
function partsOf({ starts, patients, folds }: JudgedSeries): number[][] {
  const first = Array.from(starts.slice(0, -1));
  const known = new Set(first.map((row) => folds[row]!));
  const order = [...new Set(first.map((row) => patients[row]!))].sort((a, b) => a - b);
  const place = new Map(order.map((patient, at) => [patient, at % PARTS]));
  const partOf = (row: number) => (known.size > 1 ? folds[row]! : present(place.get(patients[row]!)));
  return [...new Set(first.map(partOf))]
    .sort((a, b) => a - b)
    .map((part) => [...first.keys()].filter((k) => partOf(present(first[k])) === part));
}

interface SelectedSeries extends JudgedSeries {
  readonly starts: Uint32Array;
}

function selectSeries(all: JudgedSeries, keep: (series: number) => boolean): SelectedSeries {
  const kept: number[] = [];
  const starts = [0];
  for (let k = 0; k + 1 < all.starts.length; k++) {
    if (!keep(k)) continue;
    for (let row = all.starts[k]!; row < all.starts[k + 1]!; row++) kept.push(row);
    starts.push(kept.length);
  }
  const { rows } = all;
  const pick = (values: Float32Array) => pickRows(values, values.length / rows.rows, kept);
  return {
    rows: {
      rows: kept.length,
      columns: rows.columns,
      values: pick(rows.values),
      places: pick(rows.places),
      networks: pick(rows.networks),
    },
    starts: Uint32Array.from(starts),
    targets: all.targets.map((column) => Float32Array.from(kept, (row) => column[row]!)),
    patients: Uint32Array.from(kept, (row) => all.patients[row]!),
    folds: Uint8Array.from(kept, (row) => all.folds[row]!),
  };
}

function joined(parts: readonly (readonly Float32Array[])[]): Float32Array[] {
  return LABELS.map((_, label) =>
    Float32Array.from(parts.flatMap((part) => Array.from(present(part[label])))),
  );
}
