import { expect, feature, suite, type MassStorageControls } from '../../harness/index.ts';
import { asPupilAtTheMachine } from '../robotics/pupil-session.ts';
import { diskOf, expectHealthyKernel, needsWritable, onStick } from './stick-cell.ts';

suite('storage', () => {
  feature<MassStorageControls>('storage.write-protected', 'a stick whose switch is at "locked" mounts for reading only, and no write reaches it', async (cell) => {
    await cell.unit.unplug();
    cell.unit.controls.setMedium({ writeProtected: true });
    await cell.unit.plug();
    const disk = await diskOf(cell);
    const { stdout } = await cell.guest.run(`cat /sys/block/${disk.disk.slice(5)}/ro; umount -q /run/hwlab-stick; mkdir -p /run/hwlab-stick; mount -t vfat ${disk.volume} /run/hwlab-stick 2>&1; touch /run/hwlab-stick/NEW.TXT 2>&1; umount /run/hwlab-stick 2>&1; true`);
    await cell.attach('what mount and touch say', stdout, 'text/plain');
    expect(stdout.split('\n')[0], 'ro of the disk').to.equal('1');
    expect(stdout).to.match(/Read-only file system|write-protected/i);
    expect(cell.unit.controls.writtenBytes, 'bytes written').to.equal(0);
    await cell.unit.unplug();
    cell.unit.controls.setMedium({ writeProtected: false });
  });

  feature<MassStorageControls>(
    'storage.user-mount',
    'a pupil at the machine may mount the stick with udisks, write a file and eject it, without being root',
    async (cell) => {
      needsWritable(cell);
      const { volume, disk } = await diskOf(cell);
      const { exitCode, said } = await asPupilAtTheMachine(
        cell.guest,
        `set -e
folder=$(udisksctl mount --no-user-interaction -b ${volume} | sed 's/^Mounted .* at //; s/\\.$//'); echo "mounted at $folder"
echo mine >"$folder/PUPIL.TXT"
udisksctl unmount --no-user-interaction -b ${volume}
udisksctl power-off --no-user-interaction -b ${disk}`,
      );
      await cell.attach('udisksctl', said, 'text/plain');
      expect(exitCode, `the pupil mounts, writes and ejects: ${said}`).to.equal(0);
      expect(Buffer.from(cell.unit.controls.file('PUPIL.TXT') ?? []).toString()).to.equal('mine\n');
      // The stick is powered off now, as after "safe to remove": only pulling it out brings it back.
      await cell.unit.unplug();
    },
    { within: 60 },
  );

  feature<MassStorageControls>('storage.no-session', 'a user who is not at the machine may not mount a stick that somebody else plugged in', async (cell) => {
    const { volume } = await diskOf(cell);
    const { stdout } = await cell.guest.run(`runuser -u "$(getent passwd 1000 | cut -d: -f1)" -- udisksctl mount --no-user-interaction -b ${volume} 2>&1; echo "exit $?"`);
    expect(stdout).to.match(/NotAuthorized/).and.to.include('exit 1');
  });

  feature<MassStorageControls>(
    'storage.unplug-while-writing',
    'a stick that is pulled out while it is written leaves no process that cannot be ended and no damage in the kernel, and works when it is plugged in again',
    async (cell) => {
      needsWritable(cell);
      const disk = await diskOf(cell);
      await cell.guest.run(`umount -q /run/hwlab-stick; mkdir -p /run/hwlab-stick && mount -t vfat ${disk.volume} /run/hwlab-stick || exit 1
setsid sh -c 'dd if=/dev/zero of=/run/hwlab-stick/PULLED.BIN bs=64k count=400 oflag=direct >/tmp/hwlab-dd 2>&1; echo "ended $?" >>/tmp/hwlab-dd' </dev/null >/dev/null 2>&1 & exit 0`);
      await cell.waitFor('the first 256 KiB on the stick', () => (cell.unit.controls.writtenBytes > 262_144 ? { value: true } : { saw: `${cell.unit.controls.writtenBytes} bytes` }), 20);
      await cell.unit.unplug();
      const { stdout } = await cell.guest.run(`for i in $(seq 150); do grep -q ended /tmp/hwlab-dd 2>/dev/null && break; sleep 0.1; done; cat /tmp/hwlab-dd; umount /run/hwlab-stick; true`);
      await cell.attach('dd', stdout, 'text/plain');
      expect(stdout, 'the writing program').to.match(/ended [1-9]/);
      await expectHealthyKernel(cell);
      await cell.unit.plug();
      const again = await diskOf(cell);
      await cell.guest.run(`fsck.vfat -a ${again.volume} >/tmp/hwlab-fsck 2>&1; ${onStick(again, 'rm -f PULLED.BIN FSCK*; echo back >BACK.TXT')}`);
      expect(Buffer.from(cell.unit.controls.file('BACK.TXT') ?? []).toString()).to.equal('back\n');
    },
    { within: 60 },
  );
});
