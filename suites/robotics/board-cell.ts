import { expect, type ArduinoUnoControls, type CellContext, type PluggedUnit } from '../../harness/index.ts';

export type BoardCell = CellContext<ArduinoUnoControls>;
export type Board = PluggedUnit<ArduinoUnoControls>;

/** Seconds that the guest may take from the plug to a node that udev has finished. */
const nodeWithin = 20;

/** The serial node of a board, `/dev/ttyACM0` or `/dev/ttyUSB0`, when the driver has made it and udev has set its rights. */
export async function portOf(cell: BoardCell, board: Board = cell.unit): Promise<string> {
  await setBrailleAside(cell, board);
  return await portAsItIs(cell, board);
}

/**
 * Stops the braille service where it runs, and plugs the board in again if the service had taken it: that it does so is the finding of one test
 * (policy.braille), and must not hide what the other tests are about.
 */
async function setBrailleAside(cell: BoardCell, board: Board): Promise<void> {
  if (chipOf(board) === 'uno') return;
  const sysfs = await board.sysfs();
  const { stdout } = await cell.guest.run(`systemctl is-active --quiet brltty.service || exit 0; systemctl stop brltty.service
case "$(readlink ${sysfs}/*:1.0/driver)" in */usbfs|'') echo taken;; esac`);
  if (stdout.trim() !== 'taken') return;
  await board.unplug();
  await board.plug();
}

/** The serial node, whatever services of the image do. */
export async function portAsItIs(cell: BoardCell, board: Board = cell.unit): Promise<string> {
  const sysfs = await board.sysfs();
  const { stdout } = await cell.guest.run(
    `timeout ${nodeWithin} sh -c 'while :; do for tty in ${sysfs}/*/tty/tty* ${sysfs}/*/tty*/tty/tty*; do [ -c "/dev/\${tty##*/}" ] && { echo "/dev/\${tty##*/}"; exit 0; }; done; sleep 0.2; done' && {
udevadm settle -t 5; exit 0; }
for interface in ${sysfs}/*:*; do driver=$(readlink "$interface/driver"); driver=\${driver##*/}; echo "\${interface##*/} \${driver:-none}"; done; exit 1`,
    { accept: [0, 1] },
  );
  const port = stdout.trim();
  if (!port.startsWith('/dev/')) expect.fail(`no serial node for the board after ${nodeWithin} s; its interfaces and their drivers: ${port.replaceAll('\n', ', ')}`);
  return port;
}

/** The person who has the lesson: the first normal user of the system. Skips where there is none. */
export async function schoolUser(cell: BoardCell): Promise<string> {
  const { stdout } = await cell.guest.run('getent passwd 1000 | cut -d: -f1');
  const user = stdout.trim();
  if (!/^[a-z_][\w-]*$/.test(user)) cell.skip('a normal user (uid 1000) on the image');
  return user;
}

/** The links of /dev/serial/by-id that lead to `port`. */
export async function byIdLinks(cell: BoardCell, port: string): Promise<string[]> {
  const { stdout } = await cell.guest.run(`for link in /dev/serial/by-id/*; do [ "$(readlink -f "$link")" = ${port} ] && echo "$link"; done; true`);
  return stdout.split('\n').filter((line) => line !== '');
}

/** The line with which the sketch greets when it has started, which it does a moment after the port was opened; empty where it does not. */
function greetingOf(board: Board): string {
  return String(board.model.behaviour['greeting']).trim();
}

/** Reads descriptor 3 up to the end of the greeting's line, whatever noise comes before it on the line, and not a byte further. */
function untilGreeting(greeting: string, port: string): string {
  if (greeting === '') return '';
  return `timeout 20 sed -un '/${greeting.replace(/[.*[\]^$/\\]/g, '\\$&').replaceAll("'", '.')}/q7' <&3; [ $? -eq 7 ] || { echo "the board did not start its sketch after ${port} was opened" >&2; exit 1; }`;
}

/**
 * A command line that opens `port` as descriptor 3 in raw mode, waits until the sketch has started, where it says so, and then does `script`. The board resets when
 * the port is opened, so all that is to be said must be said through this descriptor. It runs in a subshell: a session's first process would
 * make the port its controlling terminal, and be stopped or ended by it.
 */
export function conversation(board: Board, port: string, script: string): string {
  return `(
[ -c ${port} ] || { echo "${port} is gone" >&2; exit 1; }
exec 3<>${port} || exit 1
stty raw -echo 115200 <&3 || exit 1
${untilGreeting(greetingOf(board), port)}
${script}
); exit $?`;
}

/** The chip between USB and the microcontroller: one of its own (`uno`, CDC-ACM), or a USB serial adapter. */
export function chipOf(board: Board): 'uno' | 'ch340' | 'ft232r' | 'cp210x' {
  const chip = board.model.behaviour['chip'];
  return chip === 'ch340' || chip === 'ft232r' || chip === 'cp210x' ? chip : 'uno';
}

/** The Linux driver of each interface of a board. */
export const driversOf = { uno: ['cdc_acm', 'cdc_acm'], ch340: ['ch341'], ft232r: ['ftdi_sio'], cp210x: ['cp210x'] } as const;

/** Skips for boards that avrdude does not program. */
export function needsAvr(cell: BoardCell): void {
  if (cell.unit.model.behaviour['reset'] === 'transistors') cell.skip('a board with an AVR microcontroller');
}

/** Speed of the boot loader, bits per second. */
export function bootSpeedOf(board: Board): number {
  return Number((board.model.behaviour['bootloader'] as { readonly baud: number }).baud);
}
