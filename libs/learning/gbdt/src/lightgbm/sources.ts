/** The npm package that carries the sources of LightGBM 4.1 (MIT); its own install script is never run. */
export const SOURCE_PACKAGE = 'lightgbm@1.0.27';

/** SHA-512 of its tarball, base64, as registries state it. */
export const SOURCE_INTEGRITY =
  '4E/Gjr3FqQl9U3z0BMuuViTlvO7T9oGMcfa3Jp2MRyKWWSJxFPs7xDTlzrEaBBG6iA69S/AcGn1lgMCuZT8qsg==';

/** Where LightGBM lies in the unpacked tarball. */
export const SOURCE_FOLDER = 'package/dependencies/LightGBM';

/** Flags of LightGBM's own CMakeLists.txt for a release with OpenMP. */
export const COMPILE_FLAGS: readonly string[] = [
  '-std=c++11',
  '-O3',
  '-fPIC',
  '-fopenmp',
  '-pthread',
  '-w',
  '-DUSE_SOCKET',
  '-DEIGEN_MPL2_ONLY',
  '-DEIGEN_DONT_PARALLELIZE',
  '-DMM_PREFETCH',
  '-DMM_MALLOC',
  '-Iinclude',
  '-Iexternal_libs/eigen',
  '-Iexternal_libs/fmt/include',
  '-Iexternal_libs/fast_double_parser/include',
];

/** Sources of the library proper and of the command line around it. */
export interface SourceList {
  readonly library: readonly string[];
  readonly commandLine: readonly string[];
}

/**
 * Sorts the files below `src`: no GPU, no MPI, no R.
 *
 * @param files paths relative to the LightGBM folder, with forward slashes
 */
export function selectSources(files: readonly string[]): SourceList {
  const sources = files
    .filter((file) => file.endsWith('.cpp'))
    .filter((file) => !/cuda|gpu_tree_learner|linkers_mpi|R-package/.test(file))
    .sort();
  const isCommandLine = (file: string) => /^src\/(main\.cpp|application\/)/.test(file);
  return {
    library: sources.filter((file) => !isCommandLine(file)),
    commandLine: sources.filter(isCommandLine),
  };
}
