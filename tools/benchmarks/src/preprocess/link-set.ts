import { createWriteStream } from 'node:fs';
import { link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { present } from '@ichor/files';

/**
 * Makes a set of `count` slices under `root` out of the slices of `folder`, again and again, as hard links: the disk
 * holds the first ones only, the program reads all.
 */
export async function linkSet(folder: string, root: string, count: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.dcm')).sort();
  const input = join(root, 'input');
  const images = join(input, 'stage_2_train_images');
  await mkdir(images, { recursive: true });
  const csv = createWriteStream(join(input, 'stage_2_train.csv'));
  csv.write('ID,Label\n');
  const labels = ['epidural', 'intraparenchymal', 'intraventricular', 'subarachnoid', 'subdural', 'any'];
  for (let i = 0; i < count; i++) {
    const id = `ID_${i.toString(16).padStart(9, '0')}`;
    await link(join(folder, present(names[i % names.length])), join(images, `${id}.dcm`));
    const rows = labels.map((label) => `${id}_${label},${label === 'any' && i % 7 === 0 ? 1 : 0}\n`).join('');
    if (!csv.write(rows)) await once(csv, 'drain');
  }
  csv.end();
  await once(csv, 'finish');
}
