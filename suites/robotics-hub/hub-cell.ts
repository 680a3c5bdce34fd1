import { expect, type CellContext, type MicropythonHubControls } from '../../harness/index.ts';
import { hubProgram } from './hub-program.ts';

export type HubCell = CellContext<MicropythonHubControls>;

/** Seconds from the plug to a node that udev has finished. */
const nodeWithin = 20;

/** The serial node of the hub. */
export async function portOf(cell: HubCell): Promise<string> {
  const sysfs = await cell.unit.sysfs();
  const { stdout } = await cell.guest.run(
    `timeout ${nodeWithin} sh -c 'while :; do for tty in ${sysfs}/*/tty/tty*; do [ -c "/dev/\${tty##*/}" ] && { echo "/dev/\${tty##*/}"; exit 0; }; done; sleep 0.2; done' && { udevadm settle -t 5; exit 0; }
for interface in ${sysfs}/*:*; do driver=$(readlink "$interface/driver"); echo "\${interface##*/} \${driver##*/}"; done; exit 1`,
    { accept: [0, 1] },
  );
  const port = stdout.trim();
  if (!port.startsWith('/dev/')) expect.fail(`no serial node for the hub after ${nodeWithin} s; its interfaces and their drivers: ${port.replaceAll('\n', ', ')}`);
  return port;
}

/** Speaks to the hub's prompt as tools do; `action` is `prompt`, `raw` or `paste`. Gives what the hub said, the traceback of a program with a mistake behind its output. */
export async function speak(cell: HubCell, action: 'prompt' | 'raw' | 'paste', program = ''): Promise<string> {
  const port = await portOf(cell);
  await cell.guest.putFile('/tmp/hwlab-lesson.py', Buffer.from(program));
  const { stdout, stderr, exitCode } = await cell.guest.run(`timeout 30 python3 - ${port} ${action} /tmp/hwlab-lesson.py`, { input: hubProgram, accept: [0, 1], within: 40 });
  if (exitCode !== 0 && !stderr.startsWith('Traceback (most recent call last):\r\n')) expect.fail(`speaking to the hub: ${stderr.trim()}`);
  return stdout + stderr;
}

/** The links of /dev/serial/by-id that lead to `port`. */
export async function linksTo(cell: HubCell, port: string): Promise<readonly string[]> {
  const { stdout } = await cell.guest.run(`for link in /dev/serial/by-id/*; do [ "$(readlink -f "$link")" = ${port} ] && echo "$link"; done; true`);
  return stdout.split('\n').filter((line) => line !== '');
}
