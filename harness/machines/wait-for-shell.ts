import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { connectShell, type ShellAddress } from '../drivers/ssh/connect-shell.ts';
import type { SshShell } from '../drivers/ssh/ssh-shell.ts';
import type { LaunchedVm } from './launch-vm.ts';
import { neverCameUp, whyUnusable } from './why-unusable.ts';

/**
 * A shell on a machine that was just started. A panic or the end of the domain ends the wait at once.
 * @throws HwlabError `guest-panicked`, `guest-never-came-up`, `guest-powered-off` (blame product), `guest-died`, `host-key-changed`, ... (lab)
 */
export async function waitForShell(vm: LaunchedVm, address: ShellAddress, deadline: Deadline, onHostKey?: (key: string) => void): Promise<SshShell> {
  const started = performance.now();
  const stop = new AbortController();
  vm.console.onPanic((line) => stop.abort(new HwlabError({ code: 'guest-panicked', blame: 'product', message: line })));
  vm.console.onDisconnect(() => stop.abort(new HwlabError({ code: 'guest-died', blame: 'lab', message: 'the console was closed' })));
  const limited = deadline.alsoUntil(stop.signal);
  try {
    return await connectShell(address, limited, onHostKey ? { onHostKey } : {});
  } catch (error) {
    // Whoever interrupts has a reason of his own; the guest is not to be blamed for it.
    const interrupted: unknown = deadline.signal.aborted ? deadline.signal.reason : undefined;
    if (interrupted instanceof HwlabError) throw interrupted;
    const reason = await whyUnusable(vm.name, vm.console);
    if (reason) throw reason;
    if (error instanceof HwlabError && error.code === 'ssh-unreachable') throw neverCameUp(vm.name, String(error.facts['lastSeen'] ?? ''), vm.console, (performance.now() - started) / 1000);
    throw error;
  }
}
