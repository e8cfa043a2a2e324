import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc, on every Linux that Node.js runs on. */
const TICKS = 100;

/** Seconds of all cores that the children of this process used, once they have ended; undefined where there is no /proc. */
export function childCpuSeconds(): number | undefined {
  const fields = statFields('self');
  // Fields 16 and 17 of proc(5): cutime, cstime.
  return fields === undefined ? undefined : (Number(fields[13]) + Number(fields[14])) / TICKS;
}

/** Bytes in memory of all descendants of this process; undefined where there is no /proc. */
export function descendantMemory(): number | undefined {
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  const children = new Map<string, string[]>();
  const pages = new Map<string, number>();
  for (const name of names) {
    const fields = statFields(name);
    if (fields === undefined) continue;
    const parent = fields[1] ?? '';
    children.set(parent, [...(children.get(parent) ?? []), name]);
    pages.set(name, Number(fields[21]));
  }
  let sum = 0;
  const queue = [...(children.get(String(process.pid)) ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    sum += pages.get(next) ?? 0;
    queue.push(...(children.get(next) ?? []));
  }
  return sum * PAGE;
}

const PAGE = 4096;

/** From the third field (state) on; undefined when the process is gone. */
function statFields(pid: string): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
