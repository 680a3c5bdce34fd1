import { createSocket } from 'node:dgram';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runCommand } from '../../base/run-command.ts';
import { obeyedPower, type Patience, type PowerCommand } from '../../capabilities/obeyed-power.ts';
import type { Power, PowerState } from '../../capabilities/power.ts';

export interface WakeOnLan {
  readonly mac: string;
  /** 255.255.255.255 by default; the broadcast address of the machine's network where this host has several. */
  readonly broadcast?: string;
  /** 9 by default. */
  readonly port?: number;
  /** How the operating system is asked to end: a key that may do so, and the file of host keys to believe. */
  readonly ssh: { readonly host: string; readonly port?: number; readonly user: string; readonly keyFile: string; readonly knownHosts: string };
}

/**
 * Power of a machine that has nothing but a network card: woken by a magic packet, shut down over SSH. It has no hard off: `off` is a shutdown too,
 * and a hung machine does not obey. What it cannot know is in `read`: whoever answers is on, and silence alone is not off.
 */
export function wakeOnLanPower(machine: WakeOnLan, read: (deadline: Deadline) => Promise<PowerState>, patience?: Patience): Power {
  const packet = magicPacket(machine.mac);
  return obeyedPower(
    {
      name: `Wake-on-LAN ${machine.mac}`,
      soft: true,
      read,
      send: async (command, deadline) => (command === 'on' ? wake(machine, packet) : end(machine, command, deadline)),
    },
    // It boots and ends as slowly as its operating system.
    { settle: 180_000, every: 2000, ...patience },
  );
}

/** Six bytes of 255, then the address sixteen times. @throws HwlabError usage `lab-file` */
export function magicPacket(mac: string): Uint8Array {
  const digits = /^[0-9a-f]{2}(?:([:-])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}$/i.test(mac) ? mac.replace(/[:-]/g, '') : undefined;
  if (digits === undefined) throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${JSON.stringify(mac)} is no MAC address`, advice: 'write it like 52:54:00:12:34:56' });
  const address = Buffer.from(digits, 'hex');
  return Buffer.concat([Buffer.alloc(6, 0xff), ...Array.from({ length: 16 }, () => address)]);
}

async function wake(machine: WakeOnLan, packet: Uint8Array): Promise<void> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, () => {
        socket.setBroadcast(true);
        socket.send(packet, machine.port ?? 9, machine.broadcast ?? '255.255.255.255', (error) => (error ? reject(error) : resolve()));
      });
    });
  } catch (cause) {
    throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `the magic packet for ${machine.mac} could not be sent`, advice: 'check "broadcast" in the lab file', cause });
  } finally {
    socket.close();
  }
}

async function end(machine: WakeOnLan, command: PowerCommand, deadline: Deadline): Promise<void> {
  const { host, port, user, keyFile, knownHosts } = machine.ssh;
  for (const word of [host, user]) if (!/^\w[\w.:-]*$/.test(word)) throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${JSON.stringify(word)} is no host name and no user name`, advice: 'mend it in the lab file' });
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${knownHosts}`, 'ConnectTimeout=5', 'ServerAliveInterval=2', 'ServerAliveCountMax=2', 'IdentitiesOnly=yes'];
  // A hard off is not there; without waiting for programs is the nearest to it.
  const words = command === 'off' ? 'systemctl poweroff --force' : 'systemctl poweroff';
  const { exitCode, stderr } = await runCommand('ssh', ['-F', 'none', '-i', keyFile, '-p', String(port ?? 22), ...options.flatMap((option) => ['-o', option]), `${user}@${host}`, words], { deadline, accept: Array.from({ length: 256 }, (_, code) => code) }).catch((cause: unknown) => {
    if (cause instanceof HwlabError && cause.code === 'command-missing') throw cause;
    throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${host}: no answer over SSH`, cause });
  });
  const said = stderr.trim().slice(-300);
  // 255 is ssh's own failure, and also how a connection ends that is cut by the shutdown.
  if (exitCode === 255 && /Permission denied|Host key verification failed/.test(said)) throw new HwlabError({ code: 'power-refused', blame: 'lab', message: `${host} refuses ${user}: ${said}`, advice: 'check the key and the host key' });
  if (exitCode === 255 && /refused|timed out|No route|resolve|unreachable/.test(said)) throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${host}: ${said}` });
  if (exitCode !== 0 && exitCode !== 255) throw new HwlabError({ code: 'power-does-not-obey', blame: 'lab', message: `${host} answers ${exitCode} to ${words}: ${said}` });
}
