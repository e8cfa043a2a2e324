import type { Terminal } from '@ichor/cli';
import { describeSystemError, IchorError, systemCode } from '@ichor/files';
import type { FailedStudy } from '@ichor/predict';

/** Reasons for pages, which must name no file and no patient. */
const briefs: Readonly<Record<string, string>> = {
  'predict/unreadable': 'none of its slices can be read',
  'predict/too-large': 'it has more slices than a head CT can have',
  'predict/not-a-number': 'a network gives no number for it',
  'predict/outputs': 'a network gives other outputs than the bundle says',
};

/**
 * Why a study failed. An unexpected error (a bug, a failing engine) also ends this study only, but the place where it
 * happened is shown. Its message is not: foreign errors put values of the header into it.
 *
 * @throws errors that concern all studies: results that cannot be written
 */
export function failureOf(cause: unknown, studyInstanceUid: string, terminal: Terminal): FailedStudy {
  if (cause instanceof IchorError) {
    if (cause.code === 'files/not-writable') throw cause;
    return {
      studyInstanceUid,
      reason: cause.reason,
      brief: briefs[cause.code] ?? `it failed (${cause.code})`,
    };
  }
  // A full disk stops every study.
  if (['ENOSPC', 'EDQUOT', 'EROFS'].includes(systemCode(cause))) throw cause;
  const system = describeSystemError(cause);
  if (system !== undefined) return { studyInstanceUid, reason: system, brief: system };
  const kind = cause instanceof Error ? cause.name : typeof cause;
  const brief = `an unforeseen error (${kind})`;
  const frames =
    cause instanceof Error ? (cause.stack ?? '').split('\n').filter((line) => /^ +at /.test(line)) : [];
  terminal.print([brief, ...frames].join('\n'));
  return { studyInstanceUid, reason: brief, brief };
}
