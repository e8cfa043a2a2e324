export type NxEvent =
  /** A task came up: it runs now, or was answered from the cache. */
  | { readonly kind: 'task'; readonly id: string; readonly cached: boolean }
  /** A step of the pipeline ended well. */
  | { readonly kind: 'done'; readonly id: string; readonly seconds: number }
  /** A step of the pipeline failed. */
  | { readonly kind: 'failed'; readonly id: string; readonly exitCode: number }
  /** A line that a running task printed. */
  | { readonly kind: 'line'; readonly text: string };

// Colours that tools print in spite of a pipe.
const escapes = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Reads what `nx --output-style=stream` prints, a line at a time. */
export function readNxLine(raw: string): NxEvent | undefined {
  const line = raw.replace(escapes, '').replace(/\r/g, '').trimEnd();
  const task = /^> nx run (\S+)(?: +\[(.+)\])?$/.exec(line);
  if (task !== null) return { kind: 'task', id: task[1] ?? '', cached: task[2] !== undefined };
  const done = /(?:^|: )([\w-]+:[\w-]+) done in ([\d.]+) s$/.exec(line);
  if (done !== null) return { kind: 'done', id: done[1] ?? '', seconds: Number(done[2]) };
  const failed = /(?:^|: )([\w-]+:[\w-]+) failed with exit code (\d+)$/.exec(line);
  if (failed !== null) return { kind: 'failed', id: failed[1] ?? '', exitCode: Number(failed[2]) };
  const text = line.trim();
  return text === '' ? undefined : { kind: 'line', text };
}

/** What a step says of its progress, without the project that Nx puts before each line; undefined for other lines. */
export function progressOf(text: string): string | undefined {
  // A share where the total is known, else a count (rounds of trees, files).
  if (!/ %  |  \d[\d,]* (rounds|files)  /.test(`${text}  `)) return undefined;
  return text.replace(/^[\w-]+: (?=\S)/, '').trim();
}
