import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import type { ConsoleRecorder } from '../drivers/console/console-recorder.ts';
import { domainState } from '../drivers/libvirt/domains.ts';
import { qemuLogTail } from '../drivers/libvirt/qemu-log.ts';

const shownLines = 20;

/** What the machine itself says of why it cannot be used: a panic, a domain that is gone, a host disk that is full. undefined: nothing is wrong to see. */
export async function whyUnusable(name: string, console: Pick<ConsoleRecorder, 'panic' | 'tail'>): Promise<HwlabError | undefined> {
  const facts = { console: console.tail(shownLines).split('\n') };
  if (console.panic !== undefined) return panicked(name, console.panic, facts);
  const state = await domainState(name, Deadline.after(10_000)).catch(() => ({ state: 'unknown', reason: 'libvirt does not answer' }));
  if (state === undefined) {
    const log = await qemuLogTail(name, 10);
    const byGuest = /reason=shutdown/.test(log);
    return new HwlabError({
      code: byGuest ? 'guest-powered-off' : 'guest-died',
      blame: byGuest ? 'product' : 'lab',
      retryable: !byGuest,
      message: byGuest ? `${name} powered itself off` : `the virtual machine ${name} ended: ${log.split('\n').at(-1) || 'QEMU left no message'}`,
      facts: { ...facts, qemuLog: log },
    });
  }
  if (state.state === 'crashed') return panicked(name, 'the guest reported a panic', facts);
  if (state.state === 'paused' && /I\/O error|ioerror/i.test(state.reason)) {
    return new HwlabError({ code: 'host-disk-full', blame: 'lab', message: `${name} was stopped because its disk could not be written on the host`, advice: 'free space in the cache folder (HWLAB_CACHE)', facts });
  }
  return undefined;
}

/** No shell in time, and nothing else to see. */
export function neverCameUp(name: string, lastSeen: string, console: Pick<ConsoleRecorder, 'tail' | 'seen'>, seconds: number): HwlabError {
  const end = console.tail(shownLines);
  const said = console.seen === 0 ? 'the console stayed empty' : `the console ends with: ${end.split('\n').at(-1)?.slice(0, 200) ?? ''}`;
  return new HwlabError({
    code: 'guest-never-came-up',
    blame: 'product',
    message: `${name} gave no shell within ${seconds.toFixed(0)} s; last seen: ${lastSeen}; ${said}`,
    facts: { console: end.split('\n'), lastSeen },
  });
}

function panicked(name: string, line: string, facts: HwlabError['facts']): HwlabError {
  return new HwlabError({ code: 'guest-panicked', blame: 'product', message: `the kernel of ${name} panicked: ${line}`, facts });
}
