import { expect, type CellContext } from '../../harness/index.ts';

/**
 * Lets the whole machine go to sleep and wake up, as the kernel rehearses it (pm_test, level "platform"): programs are frozen, every device and the USB controller is
 * suspended for five seconds and woken. Only the processor does not stop: nothing would wake a virtual machine whose clock alarm comes through the HPET, as QEMU's does.
 * Fails where the kernel did not go all the way; skips where it knows no rehearsal.
 */
export async function sleepAndWake(cell: CellContext<unknown>): Promise<void> {
  const { stdout: can } = await cell.guest.run('grep -qw platform /sys/power/pm_test 2>/dev/null && grep -qw freeze /sys/power/state && echo yes; true');
  if (can.trim() !== 'yes') cell.skip('a kernel that can rehearse its sleep (CONFIG_PM_DEBUG)');
  // In the background: the connection of this command sleeps with the machine.
  await cell.guest.run(
    "rm -f /run/hwlab-slept; setsid sh -c 'echo platform >/sys/power/pm_test; echo freeze >/sys/power/state; code=$?; echo none >/sys/power/pm_test; echo $code >/run/hwlab-slept' </dev/null >/dev/null 2>&1 & exit 0",
  );
  const code = await cell.waitFor('the machine to wake up', async () => {
    const { stdout } = await cell.guest.run('cat /run/hwlab-slept 2>/dev/null; true', { within: 25 });
    return stdout.trim() === '' ? { saw: 'still asleep, or not yet' } : { value: stdout.trim() };
  }, 30);
  const log = await cell.guest.kernelLog();
  await cell.attach('kernel log of the sleep', log, 'text/plain');
  expect(code, 'exit code of the sleep').to.equal('0');
  expect(log, 'the kernel says that it slept').to.match(/PM: suspend debug: Waiting for|PM: suspend exit/);
  expect(log).not.to.match(/\bBUG:|Oops|general protection|Call Trace/);
}
