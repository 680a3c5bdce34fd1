import { expect, feature, suite, type MassStorageControls } from '../../harness/index.ts';
import { diskOf, expectHealthyKernel, onStick } from './stick-cell.ts';

suite('storage', () => {
  feature<MassStorageControls>('storage.write-protected', 'a stick whose switch is at "locked" mounts for reading only, and no write reaches it', async (cell) => {
    await cell.unit.unplug();
    cell.unit.controls.setMedium({ writeProtected: true });
    await cell.unit.plug();
    const disk = await diskOf(cell);
    const { stdout } = await cell.guest.run(`cat /sys/block/${disk.disk.slice(5)}/ro; mkdir -p /run/hwlab-stick; mount -t vfat ${disk.volume} /run/hwlab-stick 2>&1; touch /run/hwlab-stick/NEW.TXT 2>&1; umount /run/hwlab-stick 2>&1; true`);
    await cell.attach('what mount and touch say', stdout, 'text/plain');
    expect(stdout.split('\n')[0], 'ro of the disk').to.equal('1');
    expect(stdout).to.match(/Read-only file system|write-protected/i);
    expect(cell.unit.controls.writtenBytes, 'bytes written').to.equal(0);
    await cell.unit.unplug();
    cell.unit.controls.setMedium({ writeProtected: false });
  });

  feature<MassStorageControls>('storage.user-mount', 'a pupil at the machine may mount the stick with udisks, write a file and eject it, without being root', async (cell) => {
    const { volume, disk } = await diskOf(cell);
    const { stdout: user } = await cell.guest.run('getent passwd 1000 | cut -d: -f1');
    if (user.trim() === '') cell.skip('a normal user (uid 1000) on the image');
    const asPupil = (command: string): string => `runuser -u ${user.trim()} -- ${command}`;
    const { exitCode, stdout } = await cell.guest.run(`${asPupil(`udisksctl mount --no-user-interaction -b ${volume}`)} 2>&1`, { accept: [0, 1] });
    await cell.attach('udisksctl', stdout, 'text/plain');
    expect(exitCode, `udisksctl mount as ${user.trim()}: ${stdout.trim()}`).to.equal(0);
    const folder = /at (\/\S+?)\.?$/m.exec(stdout)?.[1] ?? '/media';
    await cell.guest.run(`${asPupil(`sh -c 'echo mine >${folder}/PUPIL.TXT'`)} && ${asPupil(`udisksctl unmount --no-user-interaction -b ${volume}`)} && ${asPupil(`udisksctl power-off --no-user-interaction -b ${disk}`)} 2>&1`);
    expect(Buffer.from(cell.unit.controls.file('PUPIL.TXT') ?? []).toString()).to.equal('mine\n');
  });

  feature<MassStorageControls>(
    'storage.unplug-while-writing',
    'a stick that is pulled out while it is written leaves no process that cannot be ended and no damage in the kernel, and works when it is plugged in again',
    async (cell) => {
      const disk = await diskOf(cell);
      await cell.guest.run(`mkdir -p /run/hwlab-stick && mount -t vfat -o sync ${disk.volume} /run/hwlab-stick && { dd if=/dev/zero of=/run/hwlab-stick/PULLED.BIN bs=64k count=400 conv=fsync >/tmp/hwlab-dd 2>&1; echo "ended $?" >>/tmp/hwlab-dd; } >/dev/null 2>&1 & exit 0`);
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
