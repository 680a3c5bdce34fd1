import { expect, feature, suite } from '../../harness/index.ts';
import type { MachineCell } from './machine-cell.ts';

suite('machine', () => {
  feature(
    'machine.reboot',
    'started again, it comes up again',
    async (cell: MachineCell) => {
      const { stdout: before } = await cell.guest.run('cat /proc/sys/kernel/random/boot_id');
      await cell.guest.reboot();
      const { stdout: after } = await cell.guest.run('cat /proc/sys/kernel/random/boot_id');
      expect(after).not.to.equal(before);
    },
    { within: 90 },
  );
});
