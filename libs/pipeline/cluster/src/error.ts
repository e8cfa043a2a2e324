import { IchorError, type IchorErrorDetails } from '@ichor/files';

export type ClusterErrorCode =
  | 'cluster/settings'
  | 'cluster/name'
  | 'cluster/plan'
  | 'cluster/build'
  | 'cluster/submission'
  | 'cluster/scheduler'
  | 'cluster/no-progress'
  | 'cluster/failed';

/** A submission that cannot be made, or a job that cannot run. */
export class ClusterError extends IchorError {
  override readonly name = 'ClusterError';
  declare readonly code: ClusterErrorCode;

  constructor(details: IchorErrorDetails<ClusterErrorCode>) {
    super(details);
  }
}
