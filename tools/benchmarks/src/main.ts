import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IchorError, writeFileAtomic } from '@ichor/files';

/** What every other file of this folder exports; its name is the name of the benchmark. */
interface Benchmark {
  readonly title: string;
  /** Gives the report as Markdown. */
  run(args: string[]): Promise<string>;
}

const here = dirname(fileURLToPath(import.meta.url));
const workspace = join(here, '..', '..', '..');
const names = (await readdir(here))
  .filter((file) => file.endsWith('.js') && file !== 'main.js')
  .map((file) => file.slice(0, -'.js'.length))
  .sort();

const [name = '', ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  const known = names.map((known_) => `npm run bench -- ${known_}`).join('\n  ');
  throw new IchorError({
    code: 'benchmarks/unknown',
    reason: name === '' ? 'no benchmark named' : `there is no benchmark "${name}"`,
    remedy: `one of:\n  ${known}`,
  });
}
const benchmark = (await import(`./${name}.js`)) as Benchmark;
const report = await benchmark.run(args);
process.stdout.write(`${report}\n`);
// With arguments the report covers only a part, or another setup, and must not replace the whole.
if (args.length === 0) {
  await writeFileAtomic(join(workspace, 'docs', 'benchmarks', `${name}.md`), `${report.trimEnd()}\n`);
}
