import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { IchorError } from '@ichor/files';
import { createEngine, type EngineName, type ProviderName } from '@ichor/runtime';
import { checkFixture } from './check.js';
import { markdownTable } from './markdown.js';
import { passes, type Measure } from './measure.js';

const usage = `npm run parity -- FILE... [--engine onnxruntime|tfjs] [--provider NAME] [--verbose | --markdown]

Checks fixtures (expected numbers of the reference networks in double precision) on an engine and prints the
worst deviation of each quantity, as a share of what is allowed. Exit code 1 when one is beyond its limit.`;

const providers: readonly ProviderName[] = [
  'cpu',
  'cuda',
  'webgpu',
  'coreml',
  'dml',
  'node-gpu',
  'node',
  'js',
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'onnxruntime' },
    provider: { type: 'string' },
    verbose: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help || positionals.length === 0) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 1;
} else {
  const engine = await createEngine(
    engineName(values.engine),
    values.provider === undefined ? {} : { provider: providerName(values.provider) },
  );
  console.log(`engine ${engine.name}, provider ${engine.provider}`);
  let failures = 0;
  const results = new Map<string, readonly Measure[]>();
  for (const argument of positionals) {
    // npm changes to the root of the workspace; paths are relative to the user's folder.
    const file = resolve(process.env['INIT_CWD'] ?? '', argument);
    try {
      const measures = await checkFixture(file, engine);
      const ok = measures.every(passes);
      if (!ok) failures++;
      results.set(basename(file), measures);
      if (!values.markdown) print(file, measures, ok, values.verbose);
    } catch (error) {
      failures++;
      console.log(
        `FAIL ${basename(file)}\n     ${error instanceof IchorError ? error.message : String(error)}`,
      );
      if (values.verbose && !(error instanceof IchorError)) console.error(error);
    }
  }
  if (values.markdown) console.log(markdownTable(results));
  console.log(`${positionals.length - failures} of ${positionals.length} within the tolerances`);
  process.exitCode = failures > 0 ? 1 : 0;
}

function engineName(name: string): EngineName {
  if (name === 'onnxruntime' || name === 'tfjs') return name;
  throw new IchorError({
    code: 'parity/engine',
    reason: `there is no engine '${name}'`,
    remedy: 'choose onnxruntime or tfjs',
  });
}

function providerName(name: string): ProviderName {
  const known: readonly string[] = providers;
  if (known.includes(name)) return name as ProviderName;
  throw new IchorError({
    code: 'parity/provider',
    reason: `there is no provider '${name}'`,
    remedy: `choose one of ${providers.join(', ')}`,
  });
}

function print(file: string, measures: readonly Measure[], ok: boolean, verbose: boolean): void {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${basename(file)}`);
  for (const measure of measures) {
    const mark = passes(measure) ? ' ' : '!';
    const where = measure.at !== undefined && (verbose || !passes(measure)) ? `  at ${measure.at}` : '';
    console.log(
      `   ${mark} ${measure.name.padEnd(34)} ${measure.deviation.toExponential(1)} (limit ${measure.limit.toExponential(1)})${where}`,
    );
  }
}
