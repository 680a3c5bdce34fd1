import { expect, type CellContext, type NetworkMfpControls, type PrintedJob } from '../../harness/index.ts';

export type NetworkCell = CellContext<NetworkMfpControls>;

/** One record as `avahi-browse --parsable --resolve` prints it. */
export interface DnsSdRecord {
  readonly link: string;
  readonly name: string;
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** `ty` and so on; the value without its key. */
  readonly txt: ReadonlyMap<string, string>;
}

/** The records of `type` on the emulated LAN, once `enough` says so of them. */
export async function browse(cell: CellContext, type: string, enough: (records: readonly DnsSdRecord[]) => boolean): Promise<readonly DnsSdRecord[]> {
  return await cell.waitFor(`${type} is announced on the LAN`, async () => {
    const { stdout } = await cell.guest.run(`avahi-browse --parsable --resolve --terminate ${type}`, { accept: [0, 1] });
    const records = stdout.split('\n').flatMap(parseRecord).filter(({ link }) => link.startsWith('lan'));
    return enough(records) ? { value: records } : { saw: stdout.trim().slice(-600) || 'no record' };
  }, 15);
}

function parseRecord(line: string): DnsSdRecord[] {
  const [sign, link = '', , name = '', , , host = '', address = '', port = '', ...txt] = line.split(';');
  if (sign !== '=') return [];
  const entries = [...txt.join(';').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, entry = '']) => unescape(entry));
  return [{ link, name: unescape(name), host, address, port: Number(port), txt: new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)])) }];
}

/** avahi-browse writes a special byte as `\032`, in decimal. */
function unescape(text: string): string {
  return text.replace(/\\(\d{3})/g, (_all, code: string) => String.fromCharCode(Number(code)));
}

/** The name that CUPS makes of a printer's: everything but letters and digits becomes one underscore. */
export function queueName(serviceName: string): string {
  return serviceName.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '');
}

/** The queues that applications are offered whose name begins as the printer's, once `enough` says so of them. */
export async function offeredQueues(cell: CellContext, name: string, enough: (queues: readonly string[]) => boolean): Promise<readonly string[]> {
  return await cell.waitFor(`lpstat -e offers ${name}`, async () => {
    const { stdout } = await cell.guest.run('lpstat -e', { accept: [0, 1] });
    const own = stdout.split('\n').filter((line) => line.startsWith(name));
    return enough(own) ? { value: own } : { saw: stdout.trim() || 'no queue' };
  }, 20);
}

/** A queue that stays, as an administrator makes it. */
export const networkQueue = 'hwlab-lan';

/** Makes the driverless queue `hwlab-lan` by the printer's host name, which takes mDNS in the name service too. */
export async function makeNetworkQueue(cell: NetworkCell): Promise<void> {
  const { hostName } = cell.unit.controls.network;
  const ppd = `/etc/cups/ppd/${networkQueue}.ppd`;
  const { stderr } = await cell.guest.run(`lpadmin -p ${networkQueue} -E -v ipp://${hostName}.local:631/ipp/print -m everywhere -o printer-error-policy=retry-job`, { accept: [0, 1] });
  await cell.waitFor('CUPS makes a queue from what the printer says of itself', async () => {
    const { exitCode } = await cell.guest.run(`test -s ${ppd}`, { accept: [0, 1] });
    return exitCode === 0 ? { value: true } : { saw: `no ${ppd}${stderr ? `; lpadmin: ${stderr.trim()}` : ''}` };
  }, 15);
}

/** The number of the printer's newest job. */
export function newestJob(cell: NetworkCell): number {
  return cell.unit.controls.printer.jobs.at(-1)?.id ?? 0;
}

/** Prints as the ordinary user; waits until the printer has done a job that is newer than those it had. */
export async function printOn(cell: NetworkCell, queue: string, content: Uint8Array, options = ''): Promise<PrintedJob> {
  const after = newestJob(cell);
  const print = `lp -d ${queue} ${options} /tmp/hwlab-document`;
  await cell.guest.run(`cat > /tmp/hwlab-document && chmod 644 /tmp/hwlab-document; user=$(getent passwd 1000 | cut -d: -f1); if [ -n "$user" ]; then runuser -u "$user" -- ${print}; else ${print}; fi`, { input: content });
  return await cell.waitFor('the printer completes the job', async () => {
    const jobs = cell.unit.controls.printer.jobs.filter(({ id }) => id > after);
    const done = jobs.find(({ state }) => state === 'completed');
    if (done) return { value: done };
    const { stdout } = await cell.guest.run(`lpstat -l -p ${queue}; tail -n 3 /var/log/cups/error_log`, { accept: [0, 1] });
    expect(stdout, `the queue ${queue}`).to.not.contain('Unable to create');
    return { saw: `${jobs.map(({ id, state }) => `job ${id} ${state}`).join(', ') || 'no job at the printer'}; ${stdout.trim().slice(-300)}` };
  }, 40);
}
