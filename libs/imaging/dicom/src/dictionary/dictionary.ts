import { standardElements } from './standard.data.js';

interface Entry {
  readonly vr: string;
  readonly keyword: string;
}

let entries: Map<string, Entry> | undefined;
let tags: Map<string, string> | undefined;

/** Keyword of a standard element, e.g. `PatientID` for `x00100020`; undefined for private and unknown tags. */
export function keywordOf(tag: string): string | undefined {
  return entryOf(tag)?.keyword;
}

/**
 * Value representation of a standard element, for files that do not give it (implicit data sets).
 * Ambiguous ones read `US/SS`, `OB/OW`. Group lengths are UL; private creators LO.
 */
export function vrOf(tag: string): string | undefined {
  if (tag.endsWith('0000')) return 'UL';
  // (gggg,0010..00ff) of odd groups name the manufacturer (PS3.5 section 7.8).
  const creator = isPrivate(tag) && tag.slice(5, 7) === '00' && tag >= `${tag.slice(0, 5)}0010`;
  return entryOf(tag)?.vr ?? (creator ? 'LO' : undefined);
}

/** `x00100020` for `PatientID`. */
export function tagOf(keyword: string): string | undefined {
  if (tags === undefined) {
    tags = new Map();
    for (const [tag, entry] of load()) if (!tag.includes('x', 1)) tags.set(entry.keyword, tag);
  }
  return tags.get(keyword);
}

/** Odd groups belong to manufacturers. */
export function isPrivate(tag: string): boolean {
  return '13579bdf'.includes(tag[4] ?? '0');
}

function entryOf(tag: string): Entry | undefined {
  const known = load();
  const found = known.get(tag);
  if (found !== undefined) return found;
  // Overlays and curves repeat in even groups 6000..601e and 5000..501e.
  if (tag.startsWith('x60') || tag.startsWith('x50')) {
    return isPrivate(tag) ? undefined : known.get(`${tag.slice(0, 3)}xx${tag.slice(5)}`);
  }
  return undefined;
}

function load(): Map<string, Entry> {
  if (entries === undefined) {
    entries = new Map();
    for (const line of standardElements.trim().split('\n')) {
      const [tag, vr, keyword] = line.split(' ');
      if (tag !== undefined && vr !== undefined && keyword !== undefined) {
        entries.set(`x${tag}`, { vr, keyword });
      }
    }
  }
  return entries;
}
