import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { SimulatedSwitch } from '../../../harness/capabilities/testing/simulated-switch.ts';
import type { PowerCommand } from '../../../harness/capabilities/obeyed-power.ts';

export interface SimulatedMachineOptions {
  readonly mac: string;
  /** Network interface of the host that its network card is plugged into. */
  readonly tap: string;
  /** Raw file, which keeps what was written when the power goes; none for a machine without a disk. */
  readonly disk?: string;
  /** Files of OVMF, the second a copy of its own; BIOS when left out. */
  readonly uefi?: { readonly code: string; readonly variables: string };
  /** MiB */
  readonly memory: number;
  readonly serialPort: number;
  readonly romFile?: string;
  /** Its firmware always tries the network first, whatever is chosen. */
  readonly networkFirst?: boolean;
  /** `nothing`: power, boot order and serial line of a machine that never boots anything, for tests of who switches it. */
  readonly inside?: 'qemu' | 'nothing';
}

/**
 * A machine of metal as far as anybody outside can tell: a power button, a boot order with a one-time choice, a serial line that is there
 * while it is off, a network card and a disk. Inside is QEMU. It can be broken: `freeze`, and the faults of its button.
 */
export class SimulatedMachine extends SimulatedSwitch implements AsyncDisposable {
  readonly #options: SimulatedMachineOptions;
  readonly #serial: Server;
  readonly #listeners = new Set<Socket>();
  #qemu: ChildProcess | undefined;
  #cut = false;
  said = '';

  constructor(options: SimulatedMachineOptions) {
    super();
    this.#options = options;
    this.#serial = createServer((socket) => {
      if (this.#cut) return void socket.destroy();
      this.#listeners.add(socket);
      socket.on('error', () => undefined).on('close', () => this.#listeners.delete(socket));
      socket.on('data', (bytes: Buffer) => void this.#qemu?.stdin?.write(bytes));
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => this.#serial.once('error', reject).listen(this.#options.serialPort, '127.0.0.1', resolve));
  }

  override press(command: PowerCommand): void {
    this.commands.push(command);
    if (this.fault === 'disobeys' || this.fault === 'stuck') return;
    if (command === 'on') this.#start();
    else this.#stop();
  }

  /** The serial cable is pulled out, or put back. */
  cutSerial(cut: boolean): void {
    this.#cut = cut;
    if (cut) for (const socket of this.#listeners) socket.destroy();
  }

  /** The machine hangs: it stays on and does nothing. */
  freeze(): void {
    this.#qemu?.kill('SIGSTOP');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    for (const socket of this.#listeners) socket.destroy();
    await new Promise<void>((resolve) => void this.#serial.close(() => resolve()));
  }

  #start(): void {
    if (this.#qemu) return;
    const { mac, tap, disk, uefi, memory, romFile, networkFirst } = this.#options;
    const fromDisk = networkFirst !== true && (this.boot === 'disk' || this.boot === 'default');
    // The choice is for one boot.
    this.boot = 'none';
    const args = [
      ...['-nodefaults', '-no-user-config', '-machine', 'q35,accel=tcg,graphics=off', '-cpu', 'max', '-smp', '2', '-m', String(memory), '-display', 'none', '-vga', 'none'],
      // It says what it is, so that nobody takes what is seen of it for more.
      ...['-smbios', 'type=1,manufacturer=hwlab,product=hwlab simulator'],
      ...['-netdev', `tap,id=lan,ifname=${tap},script=no,downscript=no`, '-device', `virtio-net-pci,netdev=lan,mac=${mac},bootindex=${fromDisk ? 2 : 1}${romFile === undefined ? '' : `,romfile=${romFile}`}`],
      ...(disk === undefined ? [] : ['-drive', `if=none,id=disk,file=${disk},format=raw,discard=unmap,detect-zeroes=unmap,cache=unsafe`, '-device', `virtio-blk-pci,drive=disk,bootindex=${fromDisk ? 1 : 2}`]),
      ...(uefi === undefined ? [] : ['-drive', `if=pflash,format=raw,readonly=on,file=${uefi.code}`, '-drive', `if=pflash,format=raw,file=${uefi.variables}`]),
      ...['-device', 'virtio-rng-pci', '-serial', 'stdio', '-monitor', 'none'],
    ];
    // Its end follows ours, however that comes.
    const program = this.#options.inside === 'nothing' ? ['sh', '-c', 'while echo lights on; do sleep 1; done'] : ['qemu-system-x86_64', ...args];
    const qemu = spawn('setpriv', ['--pdeathsig', 'KILL', ...program], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#qemu = qemu;
    this.power = 'on';
    qemu.stdin.on('error', () => undefined);
    qemu.stdout.on('data', (bytes: Buffer) => {
      for (const socket of this.#listeners) socket.write(bytes);
    });
    qemu.stderr.on('data', (bytes: Buffer) => (this.said = (this.said + bytes.toString()).slice(-4000)));
    qemu.once('error', (error) => (this.said += error.message));
    qemu.once('close', () => {
      if (this.#qemu !== qemu) return;
      this.#qemu = undefined;
      this.power = 'off';
    });
  }

  #stop(): void {
    const qemu = this.#qemu;
    this.#qemu = undefined;
    this.power = 'off';
    qemu?.kill('SIGKILL');
  }
}
