import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { bootId } from '../base/process-identity.ts';
import { cacheFolder } from '../base/places.ts';
import { randomId } from '../base/random-id.ts';
import { probeFirmware } from './kvm-probe-firmware.ts';

export interface Accelerator {
  readonly accelerator: 'kvm' | 'tcg';
  /** One sentence for people: why KVM is or is not used. */
  readonly why: string;
}

/** Longest that the probe may take. Where KVM works it ends within a tenth of this. */
const probeLimit = 3000;

/**
 * Whether KVM truly runs a guest, found by running one: /dev/kvm can exist, open and then hang for good, even beyond SIGKILL.
 * The answer is kept for this boot of the host, so that a hang is met once. `HWLAB_ACCELERATOR=tcg|kvm` overrides.
 */
export async function detectAccelerator(deadline: Deadline): Promise<Accelerator> {
  const asked = process.env['HWLAB_ACCELERATOR'];
  if (asked === 'tcg' || asked === 'kvm') return { accelerator: asked, why: `HWLAB_ACCELERATOR=${asked}` };
  if (process.arch !== 'x64') return { accelerator: 'tcg', why: `the host is ${process.arch}, the guests are x86_64` };
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { accelerator: 'tcg', why: absent ? 'there is no /dev/kvm' : '/dev/kvm may not be opened by this user; add the user to the group kvm' };
  }
  const file = join(cacheFolder(), `kvm-probe-${process.getuid?.() ?? 0}.json`);
  const known = await readAnswer(file);
  if (known) return known;
  // Written before the probe: if this process is ended while it hangs, the next one does not walk into it again.
  await keepAnswer(file, { accelerator: 'tcg', why: 'an earlier KVM probe of this boot never ended' });
  const answer = await probe(deadline);
  await (answer ? keepAnswer(file, answer) : rm(file, { force: true }));
  return answer ?? { accelerator: 'tcg', why: 'there was no time to probe KVM' };
}

/** Arguments of qemu-system-x86_64 for the probe; `accelerator` and `cpu` are `kvm` and `host` except in tests. */
export function probeArguments(accelerator: string, cpu: string, firmwareFile: string): string[] {
  const bare = ['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-m', '16'];
  return ['-accel', accelerator, '-cpu', cpu, '-machine', 'pc', ...bare, '-bios', firmwareFile, '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'];
}

/** undefined when the caller's deadline left no time for an answer. */
async function probe(deadline: Deadline): Promise<Accelerator | undefined> {
  const firmware = join(cacheFolder(), `kvm-probe-${randomId(8)}.bin`);
  await mkdir(cacheFolder(), { recursive: true });
  await writeFile(firmware, probeFirmware());
  try {
    const limit = deadline.within(probeLimit);
    const ended = await runProbe(firmware, limit);
    if (ended === 33) return { accelerator: 'kvm', why: 'a probe guest ran under KVM' };
    if (ended !== 'hung') return { accelerator: 'tcg', why: `a probe guest did not run under KVM (QEMU ended with ${ended})` };
    return deadline.expired ? undefined : { accelerator: 'tcg', why: `/dev/kvm is there, but a probe guest hung for ${probeLimit / 1000} s` };
  } finally {
    await rm(firmware, { force: true });
  }
}

async function runProbe(firmware: string, limit: Deadline): Promise<number | string> {
  const child = spawn('qemu-system-x86_64', probeArguments('kvm', 'host', firmware), { detached: true, stdio: 'ignore' });
  // A process that hangs in the kernel never ends, whatever it is sent; it must not keep this one alive.
  child.unref();
  return new Promise((resolve) => {
    const giveUp = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
      resolve('hung');
    };
    limit.signal.addEventListener('abort', giveUp, { once: true });
    const settle = (result: number | string): void => {
      limit.signal.removeEventListener('abort', giveUp);
      resolve(result);
    };
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) => settle(code ?? signal ?? 'nothing'));
    // AbortSignal.timeout does not keep the event loop alive, this does.
    const alive = setTimeout(() => undefined, limit.remaining + 100);
    child.once('exit', () => clearTimeout(alive));
  });
}

async function readAnswer(file: string): Promise<Accelerator | undefined> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Partial<Accelerator & { boot: string }>;
    const whole = (kept.accelerator === 'kvm' || kept.accelerator === 'tcg') && typeof kept.why === 'string' && kept.boot === bootId();
    return whole ? { accelerator: kept.accelerator, why: kept.why } : undefined;
  } catch {
    return undefined;
  }
}

async function keepAnswer(file: string, answer: Accelerator): Promise<void> {
  await mkdir(cacheFolder(), { recursive: true });
  const draft = `${file}.${randomId(8)}`;
  await writeFile(draft, JSON.stringify({ ...answer, boot: bootId() }));
  await rename(draft, file);
}
