import { IchorError } from '@ichor/files';

/** The command line itself is wrong. The exit code is 2, and the message points to the help. */
export class UsageError extends IchorError {
  override readonly name = 'UsageError';

  constructor(reason: string, remedy?: string) {
    super({ code: 'cli/usage', reason, ...(remedy === undefined ? {} : { remedy }) });
  }
}
