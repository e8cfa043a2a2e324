import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npm, run } from './steps.mjs';

/** What everybody types: no option, so install scripts run. The engine is not among what is installed. */
export async function installOrdinarily(project, env) {
  await mkdir(project);
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await npm(project, env, 'install', '@ichor/se-resnext-410');
  for (const name of ['onnxruntime-node', '@tensorflow']) {
    await stat(join(project, 'node_modules', name)).then(
      () => Promise.reject(new Error(`${name} is in the default install`)),
      () => undefined,
    );
  }
}

const script = `
import { app } from '@ichor/se-resnext-410';
import { createEngine } from '@ichor/runtime';
try {
  const engine = await createEngine('auto', { provider: 'cpu' });
  console.log(app.model.imageSize, engine.name);
} catch ({ code, remedy }) {
  console.log(code + ': ' + remedy);
}
`;

/** Says the command that installs an engine, in code and in the program; the command does it. */
export async function chooseEngine(project, env) {
  await writeFile(join(project, 'engine.mjs'), script);
  const says = async () => (await run(process.execPath, ['engine.mjs'], { cwd: project, env })).stdout.trim();
  const command = 'npm install --ignore-scripts onnxruntime-node';
  const without = await says();
  if (without !== `runtime/not-installed: ${command}`) throw new Error(`without an engine: ${without}`);
  const { stderr } = await run('npx', ['--no-install', '@ichor/se-resnext-410', 'train', '--root', '.'], {
    cwd: project,
    env,
  }).catch((failure) => failure);
  if (!stderr.includes(command)) throw new Error(`the program does not say what to install: ${stderr}`);
  await npm(project, env, ...command.split(' ').slice(1));
  const withOne = await says();
  if (withOne !== '410 onnxruntime') throw new Error(`with an engine: ${withOne}`);
}
