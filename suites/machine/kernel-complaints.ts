/** Lines of the kernel log that a machine may have, and why; suites/machine/kernel-log-baseline.json. */
export interface BaselineEntry {
  /** A regular expression. */
  readonly line: string;
  /** Ids of images and machines that it is put up with on; everywhere when left out. `*` at the end stands for anything. */
  readonly images?: readonly string[];
  readonly machines?: readonly string[];
  readonly why: string;
}

/** The lines that no entry of the baseline explains, without their time stamps, each once. */
export function complaints(log: string, baseline: readonly BaselineEntry[], at: { readonly image: string; readonly machine: string }): readonly string[] {
  const known = baseline.filter((entry) => covers(entry.images, at.image) && covers(entry.machines, at.machine)).map(({ line }) => new RegExp(line));
  const lines = log.split('\n').map((line) => line.replace(/^(<\d+>)?\[ *\d+\.\d+\] ?/, '').trim()).filter((line) => line !== '');
  return [...new Set(lines)].filter((line) => !known.some((pattern) => pattern.test(line)));
}

function covers(ids: readonly string[] | undefined, id: string): boolean {
  return ids?.some((one) => (one.endsWith('*') ? id.startsWith(one.slice(0, -1)) : one === id)) ?? true;
}

/** Firmware files that the kernel asked for and did not get, by what it says (drivers/base/firmware_loader/main.c; Debian's kernel has words of its own). */
export function missingFirmware(log: string): readonly string[] {
  const patterns = [/Direct firmware load for (\S+) failed with error/, /firmware: failed to load (\S+)/, /failed to load (\S+\.(?:fw|bin|ucode|dat|db)) /i];
  const files = log.split('\n').flatMap((line) => patterns.map((pattern) => pattern.exec(line)?.[1]).find((file) => file !== undefined) ?? []);
  return [...new Set(files)];
}
