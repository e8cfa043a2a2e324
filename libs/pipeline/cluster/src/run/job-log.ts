import { messageOf } from '@ichor/files';
import { appendFileSync } from 'node:fs';

/** Takes what a job prints, piece by piece. */
export type JobLog = (text: string | Uint8Array) => void;

/**
 * Standard output and a file to which every try of a step appends. Slurm writes the file itself; a pod has only its output, which
 * is gone with it. A file that cannot be written is told once and does not end the job.
 */
export function appendingLog(
  path: string,
  output: JobLog = (text) => void process.stdout.write(text),
): JobLog {
  let works = true;
  return (text) => {
    output(text);
    if (!works) return;
    try {
      appendFileSync(path, text);
    } catch (error) {
      works = false;
      output(`nothing more is written to ${path}: ${messageOf(error)}\n`);
    }
  };
}
