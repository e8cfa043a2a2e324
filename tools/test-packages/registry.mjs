import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { npm, run } from './steps.mjs';

/** Not in the lockfile: they are 400 packages that nothing else needs. */
const tools = ['verdaccio@6.1.6', 'publint@0.3.25', '@arethetypeswrong/cli@0.18.5'];

/** Installs the registry and what checks packages into a folder. */
export async function installTools(folder) {
  await mkdir(folder);
  // verdaccio asks for the tag `cjs` of node-fetch, and mirrors of the registry have no tags but `latest`.
  const overrides = { 'node-fetch': '2.7.0' };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, overrides }));
  await npm(folder, process.env, 'install', '--ignore-scripts', ...tools);
}

/** Starts a registry on this machine: our packages are its own, all others come from the registry that npm is set to. */
export async function startRegistry(work, cwd) {
  const port = await freePort();
  const { stdout } = await run('npm', ['config', 'get', 'registry'], { cwd });
  const config = {
    storage: join(work, 'storage'),
    auth: { htpasswd: { file: join(work, 'htpasswd') } },
    uplinks: { upstream: { url: stdout.trim(), timeout: '120s' } },
    packages: {
      '@ichor/*': { access: '$all', publish: '$all', unpublish: '$all' },
      '**': { access: '$all', proxy: 'upstream' },
    },
    max_body_size: '200mb',
    log: { type: 'stdout', format: 'pretty', level: 'error' },
  };
  const file = join(work, 'verdaccio.yaml');
  await writeFile(file, JSON.stringify(config)); // JSON is YAML
  const url = `http://127.0.0.1:${port}/`;
  const program = join(work, 'tools', 'node_modules', '.bin', 'verdaccio');
  const child = spawn(program, ['--config', file, '--listen', `127.0.0.1:${port}`], { stdio: 'inherit' });
  for (let tries = 0; tries < 120; tries++) {
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 500));
    const answers = await fetch(`${url}-/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return { url, process: child };
  }
  child.kill();
  throw new Error('the registry did not start');
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
