import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BundleManifest } from '@ichor/bundle';
import { present } from '@ichor/files';
import { fitSource, keyImage, structuredReport, type KeyImage } from '@ichor/findings';
import { edgeMarks } from '@ichor/windowing/pictures';
import type { StudyPrediction } from '../study-predictor.js';
import { conclusionOf, findingsOf, originOf, reference, sourceStudy } from './findings-of.js';
import { keyPicture } from './key-picture.js';

export interface DerivedObjects {
  readonly report?: Uint8Array;
  readonly keyImage?: Uint8Array;
  /** The omitted values, or the reason why an object is missing. */
  readonly warnings: readonly string[];
}

/**
 * The structured report and the key image of a study. They are by-products: an error in making them is only a warning, and the
 * prediction stays valid.
 */
export async function derivedObjects(
  prediction: StudyPrediction,
  manifest: BundleManifest,
  bundleHash: string,
  createdAt: Date,
): Promise<DerivedObjects> {
  const warnings: string[] = [];
  // Each takes some tens of milliseconds; other work can run between them.
  const attempt = async <Value>(what: string, make: () => Value): Promise<Value | undefined> => {
    await nextTurn();
    try {
      return make();
    } catch (cause) {
      // The message of a foreign error may hold values of the header.
      warnings.push(
        `${what} could not be made (${cause instanceof Error ? cause.name : typeof cause}); the prediction is valid`,
      );
      return undefined;
    }
  };
  const source = await attempt('the patient and study of the DICOM objects', () => sourceStudy(prediction));
  if (!source) return { warnings };
  warnings.push(...fitSource(source).warnings);
  const origin = originOf(manifest, bundleHash, createdAt);
  const report = await attempt('the structured report', () =>
    structuredReport(source, findingsOf(prediction, manifest), origin, conclusionOf(prediction, manifest)),
  );
  const [key] = prediction.keySlices;
  const picture = await attempt('the key image', () => keyPicture(present(prediction.slices[present(key)])));
  const image =
    picture &&
    (await attempt('the key image', () => {
      const slice = present(prediction.slices[present(key)]);
      const notice = manifest.notice === undefined ? '' : ` ${manifest.notice}`;
      const comment = `Slice ${present(key) + 1} in brain, subdural and bone windows${slice.heat ? `, and what moved the prediction of ${slice.heat.label}` : ''}.${notice} For research only; not a diagnosis.`;
      const marks = edgeMarks(slice.orientation);
      const image: KeyImage = {
        picture,
        comment,
        sources: [reference(prediction, slice.slice)],
        // To the right of the picture, and below it.
        ...(marks ? { patientOrientation: [marks.right, marks.bottom] } : {}),
        ...(slice.pixelSpacing ? { pixelSpacing: slice.pixelSpacing } : {}),
      };
      return keyImage(source, image, origin);
    }));
  return { ...(report ? { report } : {}), ...(image ? { keyImage: image } : {}), warnings };
}
