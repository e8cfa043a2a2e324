import { IchorError, present, writeFileAtomic } from '@ichor/files';
import type { Layout } from '@ichor/tables';
import { HeatMaps } from '../mistakes/heat-maps.js';
import { slicePicture } from '../mistakes/slice-picture.js';
import type { TrainingSet } from '../predictions/training-set.js';
import type { TrainingReport } from '../training-report.js';
import type { ShownMistake } from './mistake-card.js';
import { renderTrainingReport } from './render-page.js';

export interface PageOptions {
  /** Show what moved a network; default true. */
  readonly heatMaps?: boolean;
  readonly onPicture?: (done: number, total: number) => void;
}

/**
 * Writes the page with the pictures of the mistakes; a text replaces a picture whose file is gone.
 *
 * @returns the model that explains, if one did
 */
export async function writeTrainingReport(
  path: string,
  layout: Layout,
  set: TrainingSet,
  report: TrainingReport,
  { heatMaps = true, onPicture }: PageOptions = {},
): Promise<string | undefined> {
  const explainers = [report.mistakesOf, ...report.models.map(({ name }) => name)];
  const maps = heatMaps ? await HeatMaps.open(layout, explainers, set) : undefined;
  try {
    // Fold by fold, so that each network is loaded once.
    const order = [...report.mistakes].sort((a, b) => a.place.fold - b.place.fold);
    const shown = new Map<(typeof order)[number], ShownMistake>();
    for (const [done, mistake] of order.entries()) {
      shown.set(mistake, await show(mistake, set, maps));
      onPicture?.(done + 1, order.length);
    }
    const cards = report.mistakes.map((mistake) => present(shown.get(mistake)));
    await writeFileAtomic(path, renderTrainingReport(report, cards, maps?.model));
    return maps?.model;
  } finally {
    await maps?.close();
  }
}

async function show(
  mistake: TrainingReport['mistakes'][number],
  set: TrainingSet,
  maps: HeatMaps | undefined,
): Promise<ShownMistake> {
  try {
    const picture = await slicePicture(set.file(mistake.id));
    return { mistake, picture, heat: await maps?.of(mistake.id, mistake.label) };
  } catch (cause) {
    if (!(cause instanceof IchorError)) throw cause;
    return { mistake, picture: `No picture: ${cause.reason}` };
  }
}
