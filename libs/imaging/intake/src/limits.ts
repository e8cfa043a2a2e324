/** What an archive may ask for. Head CT is far below: a study of 600 slices is 300 MB. */
export interface ArchiveLimits {
  readonly entries: number;
  /** Unpacked bytes of one entry. */
  readonly entryBytes: number;
  /** Unpacked bytes of all entries. */
  readonly totalBytes: number;
  /** Unpacked by packed bytes of one entry; deflate can reach 1032, CT slices are below 20. */
  readonly ratio: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  entries: 200_000,
  entryBytes: 512 * 2 ** 20,
  totalBytes: 64 * 2 ** 30,
  ratio: 200,
};
