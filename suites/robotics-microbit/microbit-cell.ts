import { expect, type CellContext, type MicrobitControls } from '../../harness/index.ts';

export type MicrobitCell = CellContext<MicrobitControls>;

/** Seconds from the plug to nodes that udev has finished. */
const nodeWithin = 20;

/** Node below /dev that the first match of `pattern` below the device's sysfs folder stands for; waits until udev has made it. */
export async function nodeOf(cell: MicrobitCell, what: string, pattern: string): Promise<string> {
  const sysfs = await cell.unit.sysfs();
  const { stdout } = await cell.guest.run(
    `timeout ${nodeWithin} sh -c 'while :; do for entry in ${sysfs}/${pattern}; do [ -e "/dev/\${entry##*/}" ] && { echo "/dev/\${entry##*/}"; exit 0; }; done; sleep 0.2; done'; udevadm settle -t 5`,
    { accept: [0, 1, 124] },
  );
  const node = stdout.trim();
  if (!node.startsWith('/dev/')) expect.fail(`no ${what} for the micro:bit after ${nodeWithin} s`);
  return node;
}

/** The drive, when the kernel knows its label. */
export async function driveOf(cell: MicrobitCell): Promise<string> {
  const disk = await nodeOf(cell, 'drive', '*/host*/target*/*/block/sd*');
  await cell.guest.run(`for i in $(seq 100); do blkid -p -o value -s LABEL ${disk} 2>/dev/null | grep -q . && exit 0; sleep 0.2; done; echo "the drive ${disk} has no volume" >&2; dmesg | tail -n 4 >&2; exit 1`);
  return disk;
}

/** A command line that copies `file` to the drive as a person does who then ejects it. */
export function dropOnto(disk: string, file: string): string {
  return `mkdir -p /run/hwlab-microbit && mount -t vfat ${disk} /run/hwlab-microbit && { cp ${file} /run/hwlab-microbit/PROGRAM.HEX; code=$?; sync -f /run/hwlab-microbit; umount -l /run/hwlab-microbit; exit $code; }`;
}

/** A program of about `bytes` as Intel HEX with a carriage return in each line, as compilers for the micro:bit write it. */
export function program(bytes: number): Buffer {
  const lines: string[] = [];
  for (let at = 0; at * 45 < bytes; at += 1) {
    const body = [16, (at * 16) >>> 8 & 0xff, (at * 16) & 0xff, 0, ...Array.from({ length: 16 }, (_, index) => (at * 31 + index * 7) & 0xff)];
    lines.push(`:${Buffer.from([...body, -body.reduce((sum, byte) => sum + byte, 0) & 0xff]).toString('hex').toUpperCase()}\r\n`);
  }
  return Buffer.from(`${lines.join('')}:00000001FF`);
}
