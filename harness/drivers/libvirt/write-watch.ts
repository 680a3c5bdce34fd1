import { spawn, type ChildProcess } from 'node:child_process';
import type { Deadline } from '../../base/deadline.ts';
import { libvirtUri } from './connection.ts';

/** Tells when QEMU stops a domain because the host could not write its disk: libvirt's event `io-error`. One idle process a domain. */
export class WriteWatch {
  readonly #child: ChildProcess;
  readonly #listeners: (() => void)[] = [];
  #failed = false;

  /** Watches from now on; a process that is killed leaves a watch that ends with `deadline`. */
  static async start(domain: string, deadline: Deadline, program = 'virsh'): Promise<WriteWatch> {
    const seconds = Math.max(1, Math.ceil(deadline.remaining / 1000));
    return new WriteWatch(program, ['-q', '-c', await libvirtUri(deadline), 'event', '--domain', domain, '--event', 'io-error', '--timeout', String(seconds)]);
  }

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    let said = '';
    this.#child.stdout?.on('data', (data) => {
      said = (said + String(data)).slice(-4096);
      if (/\bio-error\b/.test(said)) this.#raise();
    });
    // Without the watch a full disk is found out all the same, when the cell's time is up.
    this.#child.on('error', () => undefined);
  }

  /** `listener` is called once, at once if it has happened already. */
  onError(listener: () => void): void {
    if (this.#failed) listener();
    else this.#listeners.push(listener);
  }

  end(): void {
    this.#listeners.length = 0;
    this.#child.kill();
  }

  #raise(): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#child.kill();
    for (const listener of this.#listeners.splice(0)) listener();
  }
}
