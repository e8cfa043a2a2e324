import type { TargetConfiguration } from '@nx/devkit';

/** What of a package.json says which programs a package has. */
export interface Programs {
  readonly projectRoot: string;
  /** Files by the names of the programs, as in `bin`. */
  readonly bin: Readonly<Record<string, string>>;
  /** Commands of its one program that become tasks. */
  readonly commands: readonly string[];
}

/**
 * The tasks that run a program of a package: `build-NAME` for a program `ichor-build-NAME`, which leaves a native library in
 * `native`, and each command that the field `ichor` lists.
 */
export function programTargets({
  projectRoot,
  bin,
  commands,
}: Programs): Record<string, TargetConfiguration> {
  const targets: Record<string, TargetConfiguration> = {};
  for (const [name, file] of Object.entries(bin)) {
    const [, library] = /^ichor-build-(.+)$/.exec(name) ?? [];
    if (library === undefined) continue;
    targets[`build-${library}`] = {
      command: programCommand(projectRoot, file),
      options: { cwd: '{workspaceRoot}' },
      cache: true,
      dependsOn: ['build'],
      // The package itself, not what it imports: compiling takes minutes.
      inputs: ['production', { env: 'CXX' }, { runtime: 'node -p process.platform+process.arch' }],
      outputs: ['{projectRoot}/native'],
      metadata: { description: `Compiles ${library} into native` },
    };
  }
  const [file] = Object.values(bin);
  for (const command of file === undefined ? [] : commands) {
    targets[command] = {
      executor: 'nx:run-commands',
      cache: false,
      dependsOn: ['build'],
      options: { command: `${programCommand(projectRoot, file ?? '')} ${command}`, forwardAllArgs: true },
      metadata: { description: `Runs the command ${command}; --help of the program lists its options` },
    };
  }
  return targets;
}

function programCommand(projectRoot: string, file: string): string {
  return `node ${projectRoot}/${file.replace(/^\.\//, '')}`;
}
