import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { join } from 'node:path';

export interface IpmiSimulatorOptions {
  /** An empty folder for its files. */
  readonly folder: string;
  /** Where it listens; a free port of 127.0.0.1 by default. */
  readonly address?: string;
  readonly port?: number;
  /** The unix socket of `controlSocket`. */
  readonly control: string;
  /** TCP port of 127.0.0.1 that is the machine's serial line, for serial-over-LAN. */
  readonly serialPort?: number;
  readonly user: string;
  readonly password: string;
}

/** A BMC: `ipmi_sim` of OpenIPMI (packages openipmi and socat), which speaks real RMCP+; its buttons are behind the control socket. */
export class IpmiSimulator implements AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(folder: string, address: string, port: number) {
    this.#folder = folder;
    this.address = address;
    this.port = port;
  }

  static async start(options: IpmiSimulatorOptions): Promise<IpmiSimulator> {
    const address = options.address ?? '127.0.0.1';
    const port = options.port ?? (await freeUdpPort(address));
    const script = join(options.folder, 'chassis-control');
    await mkdir(join(options.folder, 'state'), { recursive: true });
    await writeFile(script, `#!/bin/sh\nprintf '%s\\n' "$*" | socat -t 5 - UNIX-CONNECT:${options.control}\n`);
    await chmod(script, 0o755);
    const serial = options.serialPort === undefined ? '' : `sol "tcp:127.0.0.1:${options.serialPort}" 115200 history=65000\n`;
    const auths = ['callback', 'user', 'operator', 'admin'].map((level) => `  allowed_auths_${level} none md2 md5 straight\n`).join('');
    await writeFile(
      join(options.folder, 'lan.conf'),
      `name "hwlab-simulator"\nset_working_mc 0x20\nstartlan 1\n  addr ${address} ${port}\n  priv_limit admin\n${auths}  guid a123456789abcdefa123456789abcdef\nendlan\n` +
        `chassis_control "${script}"\n${serial}user 2 true "${options.user}" "${options.password}" admin 10 none md2 md5 straight\n`,
      { mode: 0o600 },
    );
    await writeFile(join(options.folder, 'sim.emu'), 'mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\nmc_enable 0x20\n');
    const simulator = new IpmiSimulator(options.folder, address, port);
    await simulator.revive();
    return simulator;
  }

  /** Ends the BMC as if its cable were pulled. */
  async die(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async revive(): Promise<void> {
    await this.die();
    const child = spawn('ipmi_sim', ['-c', join(this.#folder, 'lan.conf'), '-f', join(this.#folder, 'sim.emu'), '-s', join(this.#folder, 'state'), '-n'], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said = (said + piece.toString()).slice(-2000)));
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`ipmi_sim ended with ${code}: ${said}`)));
      void answersRmcp(this.address, this.port, () => child.exitCode !== null).then(resolve, reject);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.die();
  }
}

async function freeUdpPort(address: string): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(0, address, resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => void socket.close(() => resolve()));
  return port;
}

/** Asks for the channel authentication capabilities (IPMI 2.0, 22.13) until any answer comes. */
async function answersRmcp(address: string, port: number, over: () => boolean): Promise<void> {
  const capabilities = Buffer.from([0x06, 0x00, 0xff, 0x07, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x09, 0x20, 0x18, 0xc8, 0x81, 0x00, 0x38, 0x8e, 0x04, 0xb5]);
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  const answered = once(socket, 'message');
  const ask = (): void => socket.send(capabilities, port, address, () => undefined);
  ask();
  const again = setInterval(ask, 50);
  const limit = setTimeout(() => socket.emit('message', 'none'), 15_000);
  try {
    const [message] = (await answered) as [unknown];
    if (message === 'none' && !over()) throw new Error(`ipmi_sim does not answer on ${address}:${port}`);
  } finally {
    clearInterval(again);
    clearTimeout(limit);
    socket.close();
  }
}
