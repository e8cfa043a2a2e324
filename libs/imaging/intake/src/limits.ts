/** Bytes of one image: head CT slices have half a megabyte, and whole studies in one file are not read. */
export const largestImage = 512 * 2 ** 20;

/** What an archive may ask for. Head CT is far below: a study of 600 slices is 300 MB. */
export interface ArchiveLimits {
  readonly entries: number;
  /** Unpacked bytes of one entry. */
  readonly entryBytes: number;
  /** Unpacked bytes of all entries. */
  readonly totalBytes: number;
  /** Unpacked by packed bytes of one entry; deflate can reach 1032, CT slices with a head in them are below 20. */
  readonly ratio: number;
  /** Entries of so many unpacked bytes may have any ratio: a blank slice of 512 x 512 pixels reaches 1000. */
  readonly ratioFromBytes: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  entries: 200_000,
  entryBytes: largestImage,
  totalBytes: 64 * 2 ** 30,
  ratio: 200,
  // A slice of 2048 x 2048 pixels of 16 bits, and its header.
  ratioFromBytes: 9 * 2 ** 20,
};
