import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../harness/base/places.ts';
import { takeLease } from '../../../harness/lab/leases/held-lease.ts';
import { LeaseBook } from '../../../harness/lab/leases/lease-book.ts';
import { leaseFile } from '../../../harness/lab/leases/lease-store.ts';
import { Deadline } from '../../../harness/base/deadline.ts';
import { sshServer } from './ssh-server.ts';
import { bmcPassword, type Rig, type Said } from './rig.ts';
import { filesWith, processSpy } from './secret-spy.ts';

/** Every command of `hwlab lab` on the rig's machine, by what it printed. */
export type CommandLog = Readonly<Record<string, Said & { readonly milliseconds: number }>>;

/** Runs the commands of `hwlab lab` one after the other as docs/bench-guide.md says, with another person and a night beside. */
export async function labCommands(rig: Rig): Promise<{ readonly log: CommandLog; readonly consoleLines: string; readonly seenInProcessList: readonly string[]; readonly seenInFiles: readonly string[] }> {
  const log: Record<string, Said & { milliseconds: number }> = {};
  const as = async (name: string, person: string, ...args: readonly string[]): Promise<void> => {
    const started = performance.now();
    log[name] = { ...(await rig.hwlabAs({ HWLAB_USER: person }, 'lab', ...args)), milliseconds: Math.round(performance.now() - started) };
  };
  using spy = processSpy(bmcPassword);
  await as('lint', 'anna', 'lint', '--json');
  await as('reserve', 'anna', 'reserve', 'sim-1', '--for', '10m', '--why', 'looks at the sound', '--json');
  await as('refused', 'boris', 'power', 'sim-1', 'on');
  await as('on', 'anna', 'power', 'sim-1', 'on', '--json');
  await as('cycle', 'anna', 'power', 'sim-1', 'cycle', '--json');
  await as('boot', 'anna', 'boot', 'sim-1', 'pxe', '--json');
  // Twice: what the first left must not be in the way.
  const console = `${await consoleUntil(rig, /./)}${await consoleUntil(rig, /./)}`;
  {
    await using server = await sshServer(rig);
    await as('shell', 'anna', 'shell', 'sim-1', '--key', server.key, '--', 'uname', '-a');
  }
  await waiting(rig, async () => as('status', 'anna', 'status', '--json'));
  await as('extend', 'anna', 'extend', 'sim-1', '--for', '1h', '--json');
  await as('release', 'anna', 'release', 'sim-1', '--json');
  await as('off', 'anna', 'power', 'sim-1', '--json');
  for (const name of ['check', 'check again']) await as(name, 'anna', 'check', 'sim-1', 'dead-1', '--json');
  await as('status after', 'anna', 'status', '--json');
  await as('history', 'anna', 'history', 'sim-1', '--json');
  const wiring = ['wiring', '--station', 'here', '--root', usbTree(rig.folder), '--json'];
  await as('wiring', 'anna', ...wiring);
  adopt(rig.labFile, log['wiring']?.stdout ?? '');
  await as('wiring again', 'anna', ...wiring);
  return { log, consoleLines: console, seenInProcessList: spy.seen(), seenInFiles: filesWith(rig.folder, bmcPassword) };
}

/** Somebody of the night and another person stand in line meanwhile. */
async function waiting(rig: Rig, work: () => Promise<void>): Promise<void> {
  process.env['HWLAB_STATE'] = rig.environment['HWLAB_STATE'];
  using book = new LeaseBook(leaseFile());
  const stop = new AbortController();
  const inLine = (['night', 'person'] as const).map(async (kind) =>
    takeLease(book, { resources: ['machine/sim-1'], class: kind, holder: kind === 'night' ? 'night-1' : 'boris', purpose: 'waits', for: 60_000 }, { deadline: Deadline.after(60_000, stop.signal), cleanse: async () => Promise.resolve() }).catch(() => undefined),
  );
  await work();
  stop.abort();
  await Promise.all(inLine);
}

/** `lab console --read-only` until it has printed a line that matches. */
async function consoleUntil(rig: Rig, wanted: RegExp): Promise<string> {
  const child = spawn('setpriv', ['--pdeathsig', 'INT', join(projectRoot, 'hwlab'), 'lab', 'console', 'sim-1', '--read-only', '--json'], { stdio: ['ignore', 'pipe', 'inherit'], env: rig.environment });
  const ended = once(child, 'close');
  let said = '';
  for await (const piece of child.stdout) {
    said += String(piece);
    if (said.split('\n').some((line) => line.includes('"from":"console"') && wanted.test(line))) break;
  }
  child.kill('SIGINT');
  await ended;
  return said;
}

/** What a technician does with what `wiring` says: the unit that was moved is written down at its place, and the one that is new under its name. */
function adopt(labFile: string, said: string): void {
  const report = JSON.parse(said) as { readonly proposals: readonly { readonly unit: object }[] };
  const lab = JSON.parse(readFileSync(labFile, 'utf8')) as { units: { path?: string }[] };
  lab.units = [...lab.units.map((unit) => ({ ...unit, path: '1-1.3' })), ...report.proposals.map(({ unit }) => unit)];
  writeFileSync(labFile, JSON.stringify(lab, undefined, 2));
}

/** What the kernel would show of two devices: one that stands in the lab file at another place, and one that does not stand there. */
function usbTree(folder: string): string {
  const root = join(folder, 'usb');
  const device = (path: string, files: Readonly<Record<string, string>>): void => {
    mkdirSync(join(root, path), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(root, path, name), `${text}\n`);
  };
  device('1-1.3', { idVendor: '2341', idProduct: '0043', serial: 'UNO-1', manufacturer: 'Arduino', product: 'Uno', bDeviceClass: '02' });
  device('1-1.4', { idVendor: '04f9', idProduct: '0027', serial: 'HL-1', manufacturer: 'Brother', product: 'HL-2140', bDeviceClass: '00' });
  return root;
}
