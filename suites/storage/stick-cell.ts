import { expect, type CellContext, type MassStorageControls, type PluggedUnit } from '../../harness/index.ts';

export type StickCell = CellContext<MassStorageControls>;
export type Stick = PluggedUnit<MassStorageControls>;

/** Seconds from the plug to a partition that udev has finished. */
const diskWithin = 10;

/** A disk and the volume on it, as the guest names them: `/dev/sda` and `/dev/sda1`, which are the same where there is no partition table. */
export interface Disk {
  readonly disk: string;
  readonly volume: string;
}

/** The block devices of a stick, when the kernel has read its partition table and udev knows the file system. */
export async function diskOf(cell: StickCell, stick: Stick = cell.unit): Promise<Disk> {
  const sysfs = await stick.sysfs();
  const partition = stick.controls.volumeStart > 0 ? '1' : '';
  const disk = await cell.waitFor(
    'a volume on the stick, known to udev',
    async () => {
      const { exitCode, stdout } = await cell.guest.run(
        `for disk in ${sysfs}/*/host*/target*/*/block/*; do name="\${disk##*/}"
[ -b "/dev/\${name}${partition}" ] && [ -n "$(udevadm info -q property -n "/dev/\${name}${partition}" | grep ^ID_FS_TYPE=)" ] && { echo "/dev/$name"; exit 0; }; done
ls -d ${sysfs}/*/host*/target*/*/block/* 2>&1; dmesg | tail -n 4; exit 1`,
        { accept: [0, 1] },
      );
      return exitCode === 0 ? { value: stdout.trim() } : { saw: stdout.trim().slice(-500) };
    },
    diskWithin,
  );
  if (!/^\/dev\/sd[a-z]+$/.test(disk)) expect.fail(`the stick is no disk: ${disk.slice(-500)}`);
  return { disk, volume: `${disk}${partition}` };
}

/** Skips for a stick whose switch is at "locked": that nothing can be written to it is storage.write-protected's matter. */
export function needsWritable(cell: StickCell): void {
  const { medium } = cell.unit.model.behaviour as { readonly medium?: { readonly writeProtected?: boolean } };
  if (medium?.writeProtected) cell.skip('a stick that can be written to');
}

/** A command line that mounts the volume at /run/hwlab-stick, does `script` there and unmounts, which writes everything; its exit code is the script's. */
export function onStick({ volume }: Disk, script: string, options = 'rw'): string {
  return `umount -q /run/hwlab-stick; mkdir -p /run/hwlab-stick && mount -t vfat -o ${options} ${volume} /run/hwlab-stick || exit 1
( cd /run/hwlab-stick && { ${script}
} ); code=$?; umount /run/hwlab-stick || exit 1; exit $code`;
}

/** Fails if the kernel has complained of itself, or a process cannot be ended. */
export async function expectHealthyKernel(cell: StickCell): Promise<void> {
  const log = await cell.guest.kernelLog();
  await cell.attach('kernel log', log, 'text/plain');
  expect(log).not.to.match(/\bBUG:|Oops|general protection|Call Trace|blocked for more than/);
  const { stdout } = await cell.guest.run(`for i in $(seq 100); do stuck=$(ps -eo stat=,comm= | grep '^D' | grep -v kworker); [ -z "$stuck" ] && exit 0; sleep 0.2; done; echo "$stuck"`);
  expect(stdout.trim(), 'processes that cannot be ended').to.equal('');
}
