// Compiles the operators for onnxruntime of @ichor/native-operators into its dist, where there is a C++ compiler and a system that
// they are written for; otherwise it says why not, and nothing fails: training runs without them.
//   node tools/build-native-operators.mjs             the library
//   node tools/build-native-operators.mjs --sanitize  runs the checks of the operators under the address and undefined-behaviour sanitizers
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../libs/learning/native-operators');
const library = join(folder, 'dist/ichor-operators.so');
const stamp = `${library}.sources`;

// gcc warns of its own header (_mm512_reduce_add_ps).
const flags =
  '-std=c++17 -march=x86-64-v4 -mprefer-vector-width=512 -Wall -Wextra -Wno-maybe-uninitialized'.split(' ');
const sharedFlags = '-O3 -fPIC -shared -fvisibility=hidden'.split(' ');
const checkFlags = '-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -pthread'.split(' ');

/** @param {string} part of src */
const filesOf = (part) =>
  readdirSync(join(folder, 'src', part), { recursive: true, encoding: 'utf8' })
    .map((name) => join('src', part, name))
    .filter((name) => /\.(?:cpp|h)$/.test(name))
    .sort();

/** @param {string} path */
const isSource = (path) => path.endsWith('.cpp');

/** The first compiler that answers. */
const findCompiler = () =>
  [process.env.CXX ?? '', 'c++', 'g++', 'clang++'].find(
    (compiler) => compiler !== '' && spawnSync(compiler, ['--version']).status === 0,
  );

/** @param {string} compiler @param {string} output @param {readonly string[]} options */
function compile(compiler, output, options) {
  const { status, stderr } = spawnSync(compiler, [...options, '-o', output], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { compiled: status === 0 && existsSync(output), messages: stderr };
}

/** @param {string} reason */
const leave = (reason) => process.stdout.write(`native operators are not compiled: ${reason}\n`);

/** What the library is made of, apart from the compiler. */
function sourcesHash() {
  const hash = createHash('sha256').update([...flags, ...sharedFlags].join(' '));
  for (const file of filesOf('operators'))
    hash.update(`\n${file}\n`).update(readFileSync(join(folder, file)));
  return hash.digest('hex');
}

/** @param {string} compiler @param {string} sources */
function buildLibrary(compiler, sources) {
  mkdirSync(dirname(library), { recursive: true });
  const temporary = `${library}.tmp-${process.pid}`;
  const files = filesOf('operators').filter(isSource);
  const { compiled, messages } = compile(compiler, temporary, [...flags, ...sharedFlags, ...files]);
  if (!compiled) {
    leave(`${compiler} has failed\n${messages}`);
    return;
  }
  // A program that has loaded the old file keeps it.
  renameSync(temporary, library);
  writeFileSync(stamp, sources);
  process.stdout.write(`compiled the native operators with ${compiler}\n`);
}

/** @param {string} compiler */
function sanitize(compiler) {
  const temporary = mkdtempSync(join(tmpdir(), 'ichor-operators-'));
  try {
    const program = join(temporary, 'check');
    const files = [...filesOf('operators'), ...filesOf('check')].filter(isSource);
    const { compiled, messages } = compile(compiler, program, [...flags, ...checkFlags, ...files]);
    if (!compiled) throw new Error(messages);
    process.exitCode = spawnSync(program, { stdio: 'inherit' }).status ?? 1;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

const system = `${process.platform}-${process.arch}`;
const wantsCheck = process.argv.includes('--sanitize');
const sources = sourcesHash();
const isFresh = existsSync(library) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources;
if (wantsCheck || !isFresh) {
  // Graphs are written for the operators of the present sources.
  if (!isFresh) rmSync(library, { force: true });
  const compiler = findCompiler();
  if (system !== 'linux-x64') leave(`they are written for linux-x64, this is ${system}`);
  else if (compiler === undefined) leave('there is no C++ compiler');
  else if (wantsCheck) sanitize(compiler);
  else buildLibrary(compiler, sources);
  if (wantsCheck) process.exitCode ??= 1;
}
