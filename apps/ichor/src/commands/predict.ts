import { resolve } from 'node:path';
import { openBundle, separationOf, separationWarning, type Bundle, type BundleManifest } from '@ichor/bundle';
import { defineCommand, formatBytes, Progress, type CommandContext } from '@ichor/cli';
import { cacheFolder, IchorError, messageOf, printableLine } from '@ichor/files';
import { planStudies, type Intake } from '@ichor/intake';
import { phantomBundle } from '@ichor/phantom-bundle';
import {
  HEAT_MAP_CHOICES,
  prepareNetworks,
  ResultWriter,
  StudyPredictor,
  unpreparedNetworks,
  type FailedStudy,
} from '@ichor/predict';
import { PreparedNetworks, type EngineOptions } from '@ichor/runtime';
import { z } from 'zod';
import { outcomeAsJson, printOutcome } from './predict-outcome.js';
import { predictStudies } from './predict-studies.js';

export const predictCommand = defineCommand({
  name: 'ichor predict',
  summary: 'Predicts studies: probabilities, pictures, structured reports and an HTML report for each.',
  description:
    'Chooses the axial soft-tissue head series of each study, orders its slices, runs the networks of the bundle and ' +
    'writes studies.csv, slices.csv, slices.arrow, index.html and a folder for each study. A study that fails does ' +
    'not stop the others; exit code 1 says that one failed, or that a PATH could not be read. After a stop, the ' +
    'same command resumes. Not a medical device: for research only.',
  options: {
    bundle: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Folder made by ichor bundle; default: a small one that comes with Ichor, trained on synthetic heads only',
      ),
    out: z
      .string()
      .min(1)
      .describe('Folder for the results: empty, new, or with unfinished results of the same command'),
    augment: z
      .boolean()
      .default(true)
      .describe('Predict each slice once, without test-time augmentation: faster'),
    series: z
      .string()
      .min(1)
      .optional()
      .describe('SeriesInstanceUID to read instead of the chosen series; UID#2 is its second volume'),
    html: z.boolean().default(true).describe('Write no HTML reports'),
    dicom: z.boolean().default(true).describe('Write no structured reports and key images (DICOM)'),
    heatMaps: z
      .enum(HEAT_MAP_CHOICES)
      .default('key')
      .describe('Slices that get a heat map; one takes as long as a slice without augmentation'),
    patientData: z.boolean().describe("Put the patient's data into the HTML reports (collapsed)"),
    provider: z
      .enum(['auto', 'cpu', 'cuda', 'webgpu', 'coreml', 'dml'])
      .default('auto')
      .describe('What runs the networks'),
    cache: z
      .boolean()
      .default(true)
      .describe(
        'Do not keep the networks as they are prepared for this machine, in $ICHOR_CACHE or ~/.cache/ichor: the next run opens them as slowly',
      ),
    threads: z.number().int().min(1).optional().describe('Threads of the networks; default all cores'),
    json: z.boolean().describe('Print a summary as JSON'),
  },
  shorts: { bundle: 'b', out: 'o' },
  positionals: { name: 'PATH', description: 'Files, folders, zip archives or DICOMDIRs', min: 1 },
  examples: [
    { command: 'ichor predict ct/ --bundle bundles/all --out results', does: 'every study below ct/' },
    {
      command: 'ichor predict ct/ --out results',
      does: 'a first try, with networks that saw synthetic heads only',
    },
    { command: 'ichor predict study.zip -b bundles/one -o results --no-augment', does: 'one study, quickly' },
  ],
  async run(options, context) {
    const fromHere = (path: string) => resolve(process.env['INIT_CWD'] ?? '.', path);
    const { signal } = context;
    const out = fromHere(options.out);
    // Checked before hashes and headers are read, which takes long.
    await ResultWriter.check(out);
    const prepared = options.cache
      ? await PreparedNetworks.open(cacheFolder(), { provider: options.provider })
      : undefined;
    const bundle = await openChecked(
      options.bundle === undefined ? phantomBundle : fromHere(options.bundle),
      prepared,
      context,
    );
    const { augment, patientData, dicom, html, heatMaps, series = null } = options;
    let progress: Progress | undefined;
    const predictor = new StudyPredictor(bundle, {
      augment,
      heatMaps: html || dicom ? heatMaps : 'none',
      provider: options.provider,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      prepareLater: true,
      onSlices: (count) => progress?.advance(count),
    });
    const paths = context.positionals.map(fromHere);
    let intake: Intake | undefined;
    let failed: readonly FailedStudy[];
    try {
      predictor.warmUp();
      intake = await readHeaders(context, options.series, fromHere);
      const settings = { augment, series, patientData, dicom, html, heatMaps, paths };
      const writer = await ResultWriter.open(out, bundle.manifest, settings);
      const slices = intake.studies.reduce((sum, study) => sum + study.slices.length, 0);
      const total = slices * bundle.manifest.networks.length;
      progress = new Progress({ label: 'predict', total, unit: 'slices', terminal: context.terminal });
      try {
        const predicted = await predictStudies({ bundle, intake, writer, predictor, progress }, context);
        progress.finish(false);
        failed = predicted.failed;
        const { leftOut, studies: plans, unfit } = intake;
        const notDone = plans.length - predicted.studies.length - (failed.length - unfit.length);
        const files = await writer.close({ failed, leftOut, notDone });
        const outcome = { ...whatBundleSays(bundle.manifest), ...predicted, leftOut, files, notDone };
        if (options.json) context.print(outcomeAsJson(outcome));
        else printOutcome(outcome, (line) => context.print(line));
      } catch (cause) {
        await writer.abort();
        throw cause;
      }
    } finally {
      await predictor.close();
      intake?.close();
    }
    if (signal.aborted) return undefined;
    await prepareForNextRun(bundle, options, context);
    const given = new Set(paths);
    return failed.length > 0 || intake.leftOut.some(({ name }) => given.has(name)) ? 1 : 0;
  },
});

/** After the results, which are complete: the first ones are there sooner. */
async function prepareForNextRun(
  bundle: Bundle,
  {
    provider,
    threads,
  }: { readonly provider: EngineOptions['provider']; readonly threads?: number | undefined },
  { signal, terminal }: CommandContext,
): Promise<void> {
  const networks = unpreparedNetworks(bundle);
  if (networks.length === 0) return;
  const total = networks.length;
  const bytes = networks.reduce((sum, { onnx }) => sum + onnx.bytes, 0);
  terminal.print(
    `The results are complete. Preparing ${total} ${total === 1 ? 'network' : 'networks'} (${formatBytes(bytes)}), so that the next run starts faster; Ctrl-C stops this.`,
  );
  const progress = new Progress({ label: 'prepare', total, unit: 'networks', terminal });
  try {
    await prepareNetworks(bundle, networks, {
      ...(provider && { provider }),
      ...(threads !== undefined && { threads }),
      signal,
      onNetwork: () => progress.advance(1),
    });
  } catch (cause) {
    terminal.print(`The networks could not be prepared: ${messageOf(cause)}`);
  } finally {
    progress.finish(false);
  }
}

/** The notice of the bundle for all its results. */
function whatBundleSays(manifest: BundleManifest) {
  const alarm = separationWarning(manifest);
  return {
    ...(alarm === undefined ? {} : { alarm }),
    notice: manifest.notice,
    separates: separationOf(manifest).map((one) => one.separates),
    labels: manifest.labels,
  };
}

/** Opens the bundle; says so at once, because the hashes of a large one take many seconds. */
async function openChecked(
  folder: string,
  prepared: PreparedNetworks | undefined,
  { signal, terminal }: CommandContext,
): Promise<Bundle> {
  let progress: Progress | undefined;
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const onCheck = (done: number, total: number) => {
    if (progress === undefined) terminal.print(`checking the bundle ${folder} (${formatBytes(total)})`);
    progress ??= new Progress({ label: 'bundle', total: megabytes(total), unit: 'MB', terminal });
    progress.update(megabytes(done));
  };
  return openBundle(folder, { signal, onCheck, ...(prepared && { prepared }) }).finally(() =>
    progress?.finish(false),
  );
}

async function readHeaders(
  { positionals, signal, terminal }: CommandContext,
  series: string | undefined,
  fromHere: (path: string) => string,
): Promise<Intake> {
  const progress = new Progress({ label: 'headers', unit: 'files', terminal });
  const intake = await planStudies(positionals.map(fromHere), {
    ...(series === undefined ? {} : { series }),
    onHeader: () => progress.advance(1),
    signal,
  }).finally(() => progress.finish(false));
  if (intake.studies.length > 0 || intake.unfit.length > 0) return intake;
  intake.close();
  const [first] = intake.leftOut;
  throw new IchorError({
    code: 'ichor/no-study',
    file: positionals.join(', '),
    reason: `there is no head CT in it${first ? `: ${intake.leftOut.length} ${intake.leftOut.length === 1 ? 'file' : 'files'} left out, e.g. ${printableLine(first.name)}: ${first.reason}` : ''}`,
    remedy: 'give the folder or archive that holds the DICOM files of a CT study',
  });
}
