import { expect, feature, suite, type MicrobitControls } from '../../harness/index.ts';
import { asPupilAtTheMachine } from '../robotics/pupil-session.ts';
import { driveOf, dropOnto, nodeOf, program, type MicrobitCell } from './microbit-cell.ts';

/** Sends DAP_Info for the firmware version to the hidraw node and prints what comes back. */
const askVersion = `
import os, select, sys
node = os.open(sys.argv[1], os.O_RDWR)
os.write(node, bytes([0, 0, 4]) + bytes(62))
if not select.select([node], [], [], 10)[0]:
    sys.exit('no answer within 10 s')
answer = os.read(node, 64)
print(answer[2:2 + answer[1]].rstrip(b'\\0').decode())
`;

/** Copies a program onto the drive, as root or by `copy`, which gives what was said, and looks that it arrived. */
async function flash(cell: MicrobitCell, bytes: number, copy: (disk: string, file: string) => Promise<string> = async (disk, file) => await copyAsRoot(cell, disk, file)): Promise<void> {
  const disk = await driveOf(cell);
  const hex = program(bytes);
  await cell.guest.putFile('/tmp/hwlab.hex', hex);
  const started = performance.now();
  await cell.attach('copying', await copy(disk, '/tmp/hwlab.hex'), 'text/plain');
  await cell.waitFor('the program to arrive', () => (cell.unit.controls.flashed || cell.unit.controls.failure !== undefined ? { value: true } : { saw: 'a drive that still waits' }), 20);
  expect(cell.unit.controls.failure, 'what FAIL.TXT says').to.equal(undefined);
  cell.measure('microbit.flash.seconds', Math.round((performance.now() - started) / 100) / 10);
  expect(Buffer.from(cell.unit.controls.flashed ?? []).equals(hex), `the program as it came (${cell.unit.controls.flashed?.length ?? 0} bytes of ${hex.length}) is the file`).to.equal(true);
  expect(cell.unit.controls.outOfOrder, 'pieces that came before an earlier one').to.equal(0);
  await cell.waitFor('the drive to come back', () => (cell.unit.controls.remounts > 0 ? { value: true } : { saw: 'no remount' }), 10);
  const { stdout: files } = await cell.guest.run(`mkdir -p /run/hwlab-microbit; for i in $(seq 100); do mount -t vfat -o ro ${disk} /run/hwlab-microbit 2>/dev/null && break; sleep 0.2; done; ls /run/hwlab-microbit; umount /run/hwlab-microbit`);
  expect(files.trim().split('\n').map((name) => name.toUpperCase()).sort(), 'files on the drive that came back').to.deep.equal(['DETAILS.TXT', 'MICROBIT.HTM']);
}

async function copyAsRoot(cell: MicrobitCell, disk: string, file: string): Promise<string> {
  const { stdout, stderr } = await cell.guest.run(dropOnto(disk, file), { accept: [0, 1], within: 60 });
  return stdout + stderr;
}

suite('robotics-microbit', () => {
  feature<MicrobitControls>('microbit.interfaces', 'drive, serial port and debug interface each get their kernel driver', async (cell) => {
    const sysfs = await cell.unit.sysfs();
    await nodeOf(cell, 'serial port', '*/tty/tty*');
    const { stdout } = await cell.guest.run(`for i in 0 1 2 3; do basename "$(readlink ${sysfs}/*:1.$i/driver)"; done`);
    expect(stdout.trim().split('\n')).to.deep.equal(['usb-storage', 'cdc_acm', 'cdc_acm', 'usbhid']);
    expect(await driveOf(cell)).to.match(/^\/dev\/sd[a-z]$/);
  });

  feature<MicrobitControls>('microbit.flash', 'a program that is copied to the drive arrives whole and in order, and the drive comes back without it', async (cell) => flash(cell, 60_000), { within: 60 });

  feature<MicrobitControls>(
    'microbit.user-flash',
    'a pupil at the machine opens the drive as a file manager does (udisks, with its own mount options), copies a program onto it, and it arrives whole and in order',
    async (cell) => {
      await flash(cell, 60_000, async (disk, file) => {
        const { exitCode, said } = await asPupilAtTheMachine(
          cell.guest,
          `set -e
folder=$(udisksctl mount --no-user-interaction -b ${disk} | sed 's/^Mounted .* at //; s/\\.$//'); echo "mounted at $folder"; grep " $folder " /proc/mounts
cp ${file} "$folder/PROGRAM.HEX"
sync -f "$folder/PROGRAM.HEX" || true`,
        );
        expect(exitCode, `the pupil opens the drive and copies: ${said}`).to.equal(0);
        // The board has taken its drive away to program itself; what is left of the pupil's mount is nobody's.
        await cell.guest.run(`findmnt -rn -o TARGET -S ${disk} | xargs -r umount -l; true`);
        return said;
      });
    },
    { within: 90 },
  );

  feature<MicrobitControls>(
    'microbit.flash-large',
    'a program of the size of a universal hex arrives whole and in order',
    async (cell) => {
      await flash(cell, 700_000);
    },
    { within: 120 },
  );

  feature<MicrobitControls>(
    'microbit.cut-off',
    'after a program that never ends the drive says so in FAIL.TXT, and takes the next one',
    async (cell) => {
      const disk = await driveOf(cell);
      await cell.guest.putFile('/tmp/hwlab.hex', program(20_000).subarray(0, 10_000));
      await cell.guest.run(dropOnto(disk, '/tmp/hwlab.hex'), { accept: [0, 1], within: 40 });
      await cell.waitFor('the drive to give up and come back', () => (cell.unit.controls.remounts > 0 ? { value: true } : { saw: 'no remount' }), 20);
      const { stdout } = await cell.guest.run(`mkdir -p /run/hwlab-microbit; for i in $(seq 100); do mount -t vfat -o ro ${disk} /run/hwlab-microbit 2>/dev/null && break; sleep 0.2; done; cat /run/hwlab-microbit/FAIL.TXT; umount /run/hwlab-microbit`);
      expect(stdout).to.include('The transfer timed out.');
      cell.unit.controls.reset();
      await flash(cell, 20_000);
    },
    { within: 90 },
  );

  feature<MicrobitControls>('microbit.serial', 'the serial port echoes what a program sends', async (cell) => {
    const port = await nodeOf(cell, 'serial port', '*/tty/tty*');
    const { stdout } = await cell.guest.run(`( exec 3<>${port} || exit 1; stty raw -echo 115200 <&3; printf hello-micro:bit >&3; timeout 10 head -c 15 <&3 ); exit $?`);
    expect(stdout).to.equal('hello-micro:bit');
    expect(cell.unit.controls.lineCodings.at(-1)?.baud).to.equal(115_200);
  });

  feature<MicrobitControls>('microbit.dap', 'the debug interface answers CMSIS-DAP over hidraw', async (cell) => {
    const node = await nodeOf(cell, 'hidraw node', '*/*/hidraw/hidraw*');
    const { stdout } = await cell.guest.run(`python3 - ${node}`, { input: askVersion });
    expect(stdout.trim()).to.equal(cell.unit.model.behaviour['firmware']);
  });

  feature<MicrobitControls>('microbit.user-rights', 'a pupil at the machine may open the debug interface, which flashing from a browser or an editor needs', async (cell) => {
    const node = await nodeOf(cell, 'hidraw node', '*/*/hidraw/hidraw*');
    const { exitCode, said } = await asPupilAtTheMachine(cell.guest, `ls -l ${node}; exec 3<>${node}`);
    expect(exitCode, `the pupil opens ${node}: ${said}`).to.equal(0);
  });

  feature<MicrobitControls>('microbit.webusb-rights', 'a pupil at the machine may open the USB node of the board, which flashing from a web page (WebUSB) needs', async (cell) => {
    const sysfs = await cell.unit.sysfs();
    const { stdout } = await cell.guest.run(`udevadm settle -t 10; printf '/dev/bus/usb/%03d/%03d' "$(cat ${sysfs}/busnum)" "$(cat ${sysfs}/devnum)"`);
    const { exitCode, said } = await asPupilAtTheMachine(cell.guest, `ls -l ${stdout.trim()}; exec 3<>${stdout.trim()}`);
    expect(exitCode, `the pupil opens ${stdout.trim()}: ${said}`).to.equal(0);
  });
});
