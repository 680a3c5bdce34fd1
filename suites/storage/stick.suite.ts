import { expect, feature, suite, type MassStorageControls } from '../../harness/index.ts';
import { expectSameBytes, pattern } from '../robotics/bytes.ts';
import { diskOf, expectHealthyKernel, needsWritable, onStick } from './stick-cell.ts';

suite('storage', () => {
  feature<MassStorageControls>('storage.disk', 'the stick becomes a disk of the right size with the volume on it, named by its label', async (cell) => {
    const { disk, volume } = await diskOf(cell);
    const { stdout } = await cell.guest.run(`blockdev --getsz ${disk}; blkid -o value -s LABEL ${volume}; blkid -o value -s TYPE ${volume}; basename "$(readlink "$(ls -d /dev/disk/by-id/usb-* | head -1)")"`);
    const [size, label, type, byId] = stdout.trim().split('\n');
    const { label: wanted } = cell.unit.model.behaviour['volume'] as { readonly label: string };
    expect({ size: Number(size), label, type }).to.deep.equal({ size: cell.unit.controls.size, label: wanted, type: 'vfat' });
    expect(byId, 'what /dev/disk/by-id leads to').to.match(/^sd[a-z]+1?$/);
  });

  feature<MassStorageControls>('storage.read', 'files that are on the stick read as they were written', async (cell) => {
    const disk = await diskOf(cell);
    const { files } = cell.unit.model.behaviour['volume'] as { readonly files: readonly { readonly name: string; readonly text: string }[] };
    const { stdout } = await cell.guest.run(onStick(disk, files.map(({ name }) => `cat ${name} || exit 1`).join('; '), 'ro'));
    expect(stdout).to.equal(files.map(({ text }) => text).join(''));
  });

  feature<MassStorageControls>(
    'storage.write',
    'a file that is copied to the stick and synced is on its sectors byte for byte before the stick is pulled out',
    async (cell) => {
      needsWritable(cell);
      const disk = await diskOf(cell);
      const content = pattern(1_048_576, 7);
      await cell.guest.putFile('/tmp/hwlab-file', content);
      const { stdout } = await cell.guest.run(onStick(disk, 'start=$(date +%s%N); cp /tmp/hwlab-file HWLAB.BIN && sync -f . && echo $(( ($(date +%s%N) - start) / 1000000 ))'), { within: 60 });
      expectSameBytes('HWLAB.BIN as the sectors hold it', cell.unit.controls.file('HWLAB.BIN'), content);
      cell.measure('storage.write.bytes-per-second', Math.round((content.length * 1000) / Math.max(1, Number(stdout.trim()))));
      await cell.guest.run(onStick(disk, 'cmp HWLAB.BIN /tmp/hwlab-file && rm HWLAB.BIN'));
      expect(cell.unit.controls.file('HWLAB.BIN'), 'the file after it was removed').to.equal(undefined);
    },
    { within: 60 },
  );

  feature<MassStorageControls>('storage.flush', 'a sync waits for the stick to have flushed, and asks for it', async (cell) => {
    needsWritable(cell);
    const disk = await diskOf(cell);
    await cell.guest.run(`echo "temporary write back" >/sys/class/scsi_disk/$(basename "$(readlink -f /sys/block/${disk.disk.slice(5)}/device)")/cache_type`);
    const before = cell.unit.controls.flushes;
    await cell.guest.run(onStick(disk, 'echo kept >KEPT.TXT && sync KEPT.TXT'));
    expect(cell.unit.controls.flushes - before, 'SYNCHRONIZE CACHE commands').to.be.at.least(1);
    expectSameBytes('KEPT.TXT', cell.unit.controls.file('KEPT.TXT'), Buffer.from('kept\n'));
  });

  feature<MassStorageControls>('storage.read-speed', 'four megabytes are read without an error', async (cell) => {
    const { disk } = await diskOf(cell);
    const { stdout } = await cell.guest.run(`start=$(date +%s%N); dd if=${disk} of=/dev/null bs=1M count=4 iflag=direct 2>/dev/null && echo $(( ($(date +%s%N) - start) / 1000000 ))`);
    cell.measure('storage.read.bytes-per-second', Math.round((4 * 1_048_576 * 1000) / Math.max(1, Number(stdout.trim()))));
    expect(await cell.guest.kernelLog()).not.to.match(/I\/O error|critical medium error/);
  });

  feature<MassStorageControls>('storage.unreadable', 'a sector that cannot be read is an error for who reads it, and the rest of the stick still reads', async (cell) => {
    const { disk } = await diskOf(cell);
    cell.unit.controls.setMedium({ unreadable: { from: 40_000, count: 8 } });
    const { stdout } = await cell.guest.run(`dd if=${disk} of=/dev/null bs=4096 skip=5000 count=1 iflag=direct 2>&1; dd if=${disk} of=/dev/null bs=4096 skip=6000 count=1 iflag=direct 2>/dev/null && echo the rest reads`);
    expect(stdout).to.match(/Input\/output error|No data available/).and.to.include('the rest reads');
    await expectHealthyKernel(cell);
  });
});
