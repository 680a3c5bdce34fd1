import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { runCommand } from '../base/run-command.ts';
import { streamCommand } from '../base/stream-command.ts';
import { ask, type Consent } from './consent.ts';
import { findProgram, missingRequirements, type HostGroup, type HostRequirement } from './host-requirements.ts';

export interface SetupOptions extends Consent {
  readonly deadline: Deadline;
  /** Takes one short line for people. */
  readonly progress: (line: string) => void;
  /** What a host needs; the project's own list by default. */
  readonly requirements?: readonly HostRequirement[];
}

/**
 * Installs the system packages of these groups that are missing, after saying which and with consent; returns at once if none is.
 * @throws HwlabError `host-packages-missing` (blame lab) with the exact command where they may not be installed; `host-packages-failed`
 */
export async function ensureHostPackages(groups: readonly HostGroup[], options: SetupOptions): Promise<void> {
  const missing = missingRequirements(groups, options.requirements);
  if (missing.length === 0) return;
  const apt = findProgram('apt-get');
  if (apt === undefined) throw missingError(missing, `install with your system's package manager what provides: ${missing.map((one) => one.programs?.[0] ?? one.package).join(', ')}`);
  const byHand = installCommand(missing);
  options.progress(`system packages to install: ${missing.map((one) => one.package).join(' ')}`);
  if (!options.yes && (!options.interactive || !(await ask(`hwlab: run "${byHand}" now?`, options.deadline)))) throw missingError(missing, `run: ${byHand}`);
  const become = await rootPrefix(options);
  if (become === undefined) throw missingError(missing, `run: ${byHand}`);

  const run = (command: readonly string[], onLine: (line: string) => void): Promise<void> => {
    const [file, ...rest] = [...become, ...command] as [string, ...string[]];
    return streamCommand(file, rest, { deadline: options.deadline, onLine, code: 'host-packages-failed', advice: `run it by hand and read what it says: ${byHand}` });
  };
  const aptGet = ['env', 'DEBIAN_FRONTEND=noninteractive', apt, '-o', 'DPkg::Lock::Timeout=300'];
  // Java's package links manual pages, and fails on slim systems that have no folder for them.
  await run(['mkdir', '-p', '/usr/share/man/man1'], () => undefined);
  options.progress('reading the package lists (about 10 s)');
  // One broken list of some other archive is no reason to stop: whether the packages are there shows at the install.
  await run([...aptGet, 'update'], () => undefined).catch((error: unknown) => {
    if (options.deadline.expired) throw error;
    options.progress(`apt-get update had errors, going on: ${error instanceof Error ? error.message.slice(0, 300) : ''}`);
  });
  const counter = new InstallCounter(options.progress);
  await run([...aptGet, 'install', '-y', '--no-install-recommends', ...missing.map((one) => one.package)], (line) => counter.take(line));
  const still = missingRequirements(groups, options.requirements);
  if (still.length > 0) throw missingError(still, `apt-get installed the packages, yet their files are not where expected; run: ${installCommand(still)}`);
  options.progress('system packages are installed');
}

/** The command that a person would type. */
export function installCommand(missing: readonly HostRequirement[]): string {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${missing.map((one) => one.package).join(' ')}`;
}

/** What to put before a command so that it runs as root; undefined where that is not allowed. */
async function rootPrefix(options: SetupOptions): Promise<string[] | undefined> {
  if (process.getuid?.() === 0) return [];
  const sudo = findProgram('sudo');
  if (sudo === undefined) return undefined;
  const without = await runCommand(sudo, ['-n', 'true'], { deadline: options.deadline.within(10_000) }).catch(() => undefined);
  if (without) return [sudo, '-n'];
  if (!options.interactive) return undefined;
  options.progress('sudo may ask for your password');
  // `sudo -v` asks on the terminal itself and remembers the answer for the commands that follow.
  await streamCommand(sudo, ['-v'], { deadline: options.deadline, inheritInput: true });
  return [sudo, '-n'];
}

function missingError(missing: readonly HostRequirement[], advice: string): HwlabError {
  const names = missing.map((one) => one.package);
  return new HwlabError({ code: 'host-packages-missing', blame: 'lab', message: `system packages are missing: ${names.join(' ')}`, advice, facts: { packages: names } });
}

/** Counts what apt-get says it does, and tells about every tenth package or five seconds. */
class InstallCounter {
  readonly #progress: (line: string) => void;
  #total = 0;
  #done = 0;
  #told = performance.now();

  constructor(progress: (line: string) => void) {
    this.#progress = progress;
  }

  take(line: string): void {
    const total = /^\d+ upgraded, (\d+) newly installed/.exec(line);
    if (total) {
      this.#total = Number(total[1]);
      this.#progress(`installing ${this.#total} packages, about ${Math.max(10, Math.round(this.#total * 0.6))} s`);
    }
    if (line.startsWith('Setting up ')) this.#done += 1;
    const unpacked = /^(Unpacking|Setting up) (\S+)/.exec(line);
    if (unpacked && performance.now() - this.#told > 5000) {
      this.#told = performance.now();
      this.#progress(`${unpacked[1]?.toLowerCase()} ${unpacked[2]}; ${this.#done} of ${this.#total} set up`);
    }
  }
}
