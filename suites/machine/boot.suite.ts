import { expect, feature, suite } from '../../harness/index.ts';
import { complaints, missingFirmware, type BaselineEntry } from './kernel-complaints.ts';
import { linesOf, type MachineCell } from './machine-cell.ts';
import baseline from './kernel-log-baseline.json' with { type: 'json' };

suite('machine', () => {
  feature('machine.boot', 'the system came up whole, with the firmware that the machine has', async (cell: MachineCell) => {
    const { stdout: efi } = await cell.guest.run('test -d /sys/firmware/efi && echo uefi || echo bios');
    if (cell.guest.facts.firmware !== undefined) expect(efi.trim(), 'what the system booted with').to.equal(cell.guest.facts.firmware);
    const { stdout: failed } = await cell.guest.run('systemctl list-units --failed --plain --no-legend --no-pager');
    const { stdout: state } = await cell.guest.run('systemctl is-system-running; true');
    await cell.attach('failed units', failed, 'text/plain');
    expect(linesOf(failed).map((line) => line.split(' ')[0]), 'units of the system that failed').to.deep.equal([]);
    expect(state.trim(), 'what the system says of itself').to.be.oneOf(['running', 'starting']);
  });

  feature('machine.log', 'the kernel complains of nothing that is not known', async (cell: MachineCell) => {
    const { stdout } = await cell.guest.run('dmesg --level=emerg,alert,crit,err');
    await cell.attach('kernel errors', stdout, 'text/plain');
    expect(complaints(stdout, baseline.entries as readonly BaselineEntry[], cell.guest.facts), 'errors in the kernel log that the baseline does not explain').to.deep.equal([]);
  });

  feature('machine.firmware', 'no driver misses its firmware', async (cell: MachineCell) => {
    const { stdout: log } = await cell.guest.run('dmesg');
    const { stdout: wanted } = await cell.guest.run(
      'for f in $(modinfo -F firmware $(cut -d" " -f1 /proc/modules) 2>/dev/null | sort -u); do ls /lib/firmware/$f* >/dev/null 2>&1 || echo "$f"; done; true',
      { within: 60 },
    );
    // A module names the firmware of every revision of its devices; only what the kernel asked for in vain is a failure.
    await cell.attach('firmware that loaded modules name and the image lacks', wanted, 'text/plain');
    cell.measure('firmware.named-and-absent', linesOf(wanted).length);
    const asked = complaints(log, baseline.entries as readonly BaselineEntry[], cell.guest.facts).join('\n');
    expect(missingFirmware(asked), 'firmware that the kernel asked for and did not get').to.deep.equal([]);
  });
});
