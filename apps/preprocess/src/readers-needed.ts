import { isThereSync, listFolder } from '@ichor/files';
import type { Layout } from '@ichor/tables/layout';

/**
 * How many threads will find something to read, from a glance at the folders: threads that start before the labels are
 * read and the files compared have loaded their modules by then. If an earlier run left its raw table, most likely
 * nothing is to be read.
 */
export async function readersNeeded(
  files: Layout,
  { fresh, chunkSlices }: { readonly fresh: boolean; readonly chunkSlices: number },
): Promise<number> {
  const sets = [
    { folder: files.input.trainImages, table: files.preprocessed('train_raw') },
    { folder: files.input.testImages, table: files.preprocessed('test_raw') },
  ];
  let needed = 0;
  for (const { folder, table } of sets) {
    if (!fresh && isThereSync(table)) continue;
    const names = (await listFolder(folder)) ?? [];
    needed = Math.max(needed, Math.ceil(names.length / chunkSlices));
  }
  return needed;
}
