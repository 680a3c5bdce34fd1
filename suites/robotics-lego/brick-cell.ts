import { expect, type CellContext, type LegoBrickControls } from '../../harness/index.ts';
import { ev3Program } from './ev3-program.ts';

export type BrickCell = CellContext<LegoBrickControls>;

/** Seconds from the plug to a node that udev has finished. */
const nodeWithin = 20;

export function isEv3(cell: BrickCell): boolean {
  return cell.unit.model.behaviour['protocol'] === 'ev3';
}

/** The node that programs open: hidraw of an EV3, the usbfs node of an NXT. */
export async function nodeOf(cell: BrickCell): Promise<string> {
  const sysfs = await cell.unit.sysfs();
  if (!isEv3(cell)) {
    const { stdout } = await cell.guest.run(`udevadm settle -t 10; printf '/dev/bus/usb/%03d/%03d' "$(cat ${sysfs}/busnum)" "$(cat ${sysfs}/devnum)"`);
    return stdout.trim();
  }
  const { stdout } = await cell.guest.run(
    `timeout ${nodeWithin} sh -c 'while :; do for raw in ${sysfs}/*/*/hidraw/hidraw*; do [ -c "/dev/\${raw##*/}" ] && { echo "/dev/\${raw##*/}"; exit 0; }; done; sleep 0.2; done'; udevadm settle -t 5`,
    { accept: [0, 1, 124] },
  );
  const node = stdout.trim();
  if (!node.startsWith('/dev/hidraw')) expect.fail(`no hidraw node for the brick after ${nodeWithin} s`);
  return node;
}

/** Runs the guest's program for EV3 bricks; `words` are put on its command line. */
export async function ev3(cell: BrickCell, words: string): Promise<string> {
  const node = await nodeOf(cell);
  const { stdout } = await cell.guest.run(`timeout 30 python3 - ${node} ${words}`, { input: ev3Program, within: 40 });
  return stdout;
}

/** Runs Debian's t2n, the tool for NXT bricks. */
export async function t2n(cell: BrickCell, words: string): Promise<string> {
  await nodeOf(cell);
  const { stdout, stderr } = await cell.guest.run(`cd /tmp && timeout 30 t2n ${words} 2>&1`, { within: 40 });
  await cell.attach(`t2n ${words}`, stdout + stderr, 'text/plain');
  return stdout;
}
