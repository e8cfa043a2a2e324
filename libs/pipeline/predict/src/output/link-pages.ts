import { join } from 'node:path';
import { readTextFile, writeFileAtomic } from '@ichor/files';
import { nextStudy } from '@ichor/report';

/** Links the page of a study to that of the next one, which now exists. */
export async function linkToNext(studies: string, name: string, next: string): Promise<void> {
  const path = join(studies, name, 'report.html');
  const page = await readTextFile(path);
  if (page === undefined) return;
  const linked = nextStudy.fillIn(page, addressOf(next));
  if (linked !== page) await writeFileAtomic(path, linked);
}

/** The relative address of a study's page, from the page of another study. */
export const addressOf = (name: string) => `../${name}/report.html`;
