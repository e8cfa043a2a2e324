/** What Nx is asked to do: the submission with all that it needs, or models with all that they need. */
export interface Request {
  /** Networks or stackers by name; undefined for everything. */
  readonly models?: readonly string[] | undefined;
  /** A named configuration of every step. */
  readonly configuration?: string | undefined;
  /** Options that reach every program that knows them. */
  readonly given: readonly string[];
}

/** The request in words of Nx. */
export function nxArguments({ models, configuration, given }: Request): string[] {
  if (models === undefined) {
    const task = `submission:make${configuration === undefined ? '' : `:${configuration}`}`;
    return ['run', task, ...given];
  }
  return [
    ...['run-many', '--targets=train,predict', `--projects=${models.join(',')}`],
    ...(configuration === undefined ? [] : [`--configuration=${configuration}`]),
    ...given,
  ];
}

/** For messages. */
export function nameOf({ models, configuration }: Request): string {
  return `${models?.join(', ') ?? 'submission:make'}${configuration === undefined ? '' : ` (${configuration})`}`;
}
