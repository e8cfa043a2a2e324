import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strict } from './entries.mjs';
import { eachOf, run } from './steps.mjs';

/** Examples that are only compiled, with the reason. */
const notRun = {
  '@ichor/training': 'trains a network of 512 x 512 pixels for hours',
  '@ichor/weights': 'needs published weights from the network',
};

/** Compiles the examples of the installed packages as they are in their READMEs, and runs them. */
export async function runReadmes(project, packages, env) {
  const folder = join(project, 'readmes');
  await mkdir(folder);
  const examples = [];
  for (const name of packages) {
    const text = await readFile(join(project, 'node_modules', name, 'README.md'), 'utf8');
    for (const [at, [, code]] of [...text.matchAll(/^```ts\n([^]*?)^```/gm)].entries()) {
      const file = `${name.slice(1).replace('/', '-')}-${at}`;
      // An example that imports nothing would not be a module.
      await writeFile(join(folder, `${file}.ts`), `${code}\nexport {};\n`);
      examples.push({ name, file });
    }
  }
  if (examples.length < 20) throw new Error(`only ${examples.length} examples are found`);
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...strict, rootDir: '.', outDir: 'dist' } }),
  );
  await run(join(project, 'node_modules', '.bin', 'tsc'), ['-p', folder]);
  await makeSurroundings(project);
  const ran = examples.filter(({ name }) => !(name in notRun));
  await eachOf(ran, ({ file }) =>
    run(process.execPath, ['--no-warnings=ExperimentalWarning', join(folder, 'dist', `${file}.js`)], {
      cwd: project,
      env,
    }).catch((cause) => {
      throw new Error(`${file}: ${cause.stderr}`);
    }),
  );
  for (const { name } of examples.filter(({ name }) => name in notRun))
    process.stdout.write(`  ${name} is compiled only: ${notRun[name]}\n`);
  return examples.length;
}

/** The files that the examples name. */
async function makeSurroundings(project) {
  const images = join(project, 'input', 'stage_2_test_images');
  const [slice] = await readdir(images);
  await cp(join(images, slice), join(project, 'slice.dcm'));
  await symlink(images, join(project, 'ct'));
  await cp(join(project, 'input', 'stage_2_train.csv'), join(project, 'stage_2_train.csv'));
  const bundle = join(project, 'node_modules', '@ichor', 'phantom-bundle', 'bundle');
  await cp(bundle, join(project, 'bundles', 'all'), { recursive: true });
  // The apps of a workspace, for the graph of the ensemble.
  const app = join(project, 'apps', 'xception');
  await mkdir(app, { recursive: true });
  await writeFile(join(app, 'package.json'), JSON.stringify({ ichor: { kind: 'base-model' } }));
}
