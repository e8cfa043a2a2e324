import { IchorError } from '@ichor/files';

/** The command line itself is wrong: exit code 2, the help is worth a look. */
export class UsageError extends IchorError {
  override readonly name = 'UsageError';

  constructor(reason: string, remedy?: string) {
    super({ code: 'cli/usage', reason, ...(remedy === undefined ? {} : { remedy }) });
  }
}
