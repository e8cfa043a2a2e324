// Compiles assembly/kernel.ts and writes it as src/kernel-binary.ts, so that the package needs no file beside it.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const flags = '--optimizeLevel 3 --shrinkLevel 0 --runtime stub --enable simd --noAssert'.split(' ');

/** @returns base64 of the WebAssembly module */
export async function compileKernel() {
  let binary;
  const baseDir = fileURLToPath(new URL('../assembly', import.meta.url));
  const { error, stderr } = await asc.main(
    ['kernel.ts', '--outFile', 'kernel.wasm', '--baseDir', baseDir, ...flags],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
    },
  );
  if (error) throw new Error(stderr.toString(), { cause: error });
  return Buffer.from(binary).toString('base64');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = (await compileKernel()).match(/.{1,100}/g).map((line) => `  '${line}',`);
  await writeFile(
    new URL('../src/kernel-binary.ts', import.meta.url),
    `/** assembly/kernel.ts as WebAssembly, in base64. Written by \`npm run build:kernel\`. */
export const kernelBinary = [
${lines.join('\n')}
].join('');
`,
  );
}
