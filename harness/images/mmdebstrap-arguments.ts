import type { Recipe } from './recipe.ts';

export interface MmdebstrapInputs {
  readonly recipe: Recipe;
  /** `root` leaves a folder, `unshare` (no root rights) writes a tar to standard output. */
  readonly mode: 'root' | 'unshare';
  readonly sources: readonly string[];
  readonly aptOptions: readonly string[];
  /** Tar of the recipe's overlay. */
  readonly overlayTar: string;
  /** The same of the recipe's addition. */
  readonly addedTar?: string;
  /** Folder the system is unpacked to, in mode `root`. */
  readonly target: string;
}

/** What a machine that lives for minutes has no use for; copyright files stay. */
const leftOut = ['path-exclude=/usr/share/man/*', 'path-exclude=/usr/share/info/*', 'path-exclude=/usr/share/doc/*', 'path-include=/usr/share/doc/*/copyright', 'path-exclude=/usr/share/locale/*'];

/** Arguments of mmdebstrap(1). /hwlab-out of the unpacked system is copied to the working folder. */
export function mmdebstrapArguments(inputs: MmdebstrapInputs): string[] {
  const { recipe } = inputs;
  return [
    `--mode=${inputs.mode}`,
    `--format=${inputs.mode === 'root' ? 'directory' : 'tar'}`,
    '--variant=minbase',
    '--components=main',
    `--include=${recipe.packages.join(',')}`,
    // A half-built image is thrown away, so nothing needs to be synced to the disk package by package.
    ...['force-unsafe-io', ...leftOut].map((option) => `--dpkgopt=${option}`),
    ...['Acquire::Languages "none"', ...inputs.aptOptions].map((option) => `--aptopt=${option}`),
    `--customize-hook=tar-in ${quoted(inputs.overlayTar)} /`,
    ...(inputs.addedTar === undefined ? [] : [`--customize-hook=tar-in ${quoted(inputs.addedTar)} /`]),
    ...[recipe.added?.finish, recipe.finish].flatMap((script) =>
      script === undefined ? [] : [`--customize-hook=upload ${quoted(script)} /hwlab-finish`, '--customize-hook=chroot "$1" sh /hwlab-finish'],
    ),
    '--customize-hook=copy-out /hwlab-out .',
    '--customize-hook=rm -rf "$1/hwlab-out" "$1/hwlab-finish"',
    recipe.suite,
    inputs.mode === 'root' ? inputs.target : '-',
    ...inputs.sources,
  ];
}

/** One word for the shell-like splitting of mmdebstrap's special hooks. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
