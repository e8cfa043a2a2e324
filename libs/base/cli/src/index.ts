export {
  defineCommand,
  defineGroup,
  runCommand,
  type Command,
  type CommandContext,
  type CommandDefinition,
  type ExitCode,
} from './command.js';
export { formatBytes, formatDuration, formatNumber } from './duration.js';
export { describeEnvironment, type Environment } from './environment.js';
export { fingerprintData, fingerprintFolder, hashFile, type FolderFingerprint } from './fingerprint.js';
export type { Example, PositionalSpec } from './help.js';
export { Logger, type LogFields, type LoggerOptions, type LogLevel } from './logger.js';
export { readManifest, RunRecord, type DroppedInput, type Manifest, type RunOptions } from './manifest.js';
export type { OptionShape, OptionSpec } from './option.js';
export { Progress, type ProgressFields, type ProgressOptions } from './progress.js';
export { withRoot } from './root-option.js';
export { nearest } from './spelling.js';
export { INTERRUPTED, listenForStop, type StopSignal } from './stop.js';
export { formatTable, type Cell } from './table.js';
export { Terminal, terminal, type TerminalStream } from './terminal.js';
export { UsageError } from './usage-error.js';
