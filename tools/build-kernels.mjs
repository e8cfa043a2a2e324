// Compiles the WebAssembly kernels: assembly/NAME.ts of a package into NAME-binary.ts below its src, so that the package
// needs no additional file.
//   node tools/build-kernels.mjs [WORD]...   all kernels, or those whose path contains one of the words
import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { packageFolders } from './nx-plugin/dist/package-folders.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const flags = '--optimizeLevel 3 --shrinkLevel 0 --runtime stub --enable simd --noAssert'.split(' ');

/**
 * Sources and binaries of all kernels, relative to the workspace.
 *
 * @returns {{ source: string, binary: string }[]}
 */
export function kernels() {
  return packageFolders(root, ['libs'])
    .filter((folder) => existsSync(join(root, folder, 'assembly')))
    .flatMap((folder) =>
      readdirSync(join(root, folder, 'assembly'))
        .filter((name) => name.endsWith('.ts'))
        .map((name) => ({
          source: `${folder}/assembly/${name}`,
          binary: findBinary(`${folder}/src`, name.replace('.ts', '-binary.ts')),
        })),
    );
}

/**
 * @param {string} folder
 * @param {string} name
 */
function findBinary(folder, name) {
  const found = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const path = found.find((file) => basename(file) === name);
  if (path === undefined) throw new Error(`${folder}: no file ${name}; create an empty one where it belongs`);
  return `${folder}/${path}`;
}

/**
 * The TypeScript that carries a kernel. A line `// asc: FLAGS` of the source adds flags of the compiler.
 *
 * @param {string} source relative to the workspace
 * @returns {Promise<string>}
 */
export async function compileKernel(source) {
  const path = join(root, source);
  const own = /^\/\/ asc: (.+)$/m.exec(await readFile(path, 'utf8'))?.[1]?.split(' ') ?? [];
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [basename(path), '--outFile', 'kernel.wasm', '--baseDir', dirname(path), ...flags, ...own],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm') && typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error || binary === undefined) throw new Error(stderr.toString(), { cause: error });
  const lines =
    Buffer.from(binary)
      .toString('base64')
      .match(/.{1,100}/g) ?? [];
  return [
    `/** ${source.split('/').slice(-2).join('/')} as WebAssembly, in base64. Written by \`npm run build:kernels\`. */`,
    'export const kernelBinary = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2);
  for (const { source, binary } of kernels()) {
    if (words.length > 0 && !words.some((word) => source.includes(word))) continue;
    await writeFile(join(root, binary), await compileKernel(source));
    process.stdout.write(`${source} -> ${binary}\n`);
  }
}
