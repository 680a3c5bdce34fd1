import { createSocket, type Socket } from 'node:dgram';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { powerContract } from '../../../harness/capabilities/testing/power-contract.ts';
import { SimulatedSwitch, testPatience } from '../../../harness/capabilities/testing/simulated-switch.ts';
import { wakeOnLanPower } from '../../../harness/drivers/power/wake-on-lan-power.ts';
import { startSshServer, type SshServer } from '../metal/ssh-server.ts';

const mac = '52:54:00:ab:cd:ef';
const magic = Buffer.from(`ffffffffffff${mac.replaceAll(':', '').repeat(16)}`, 'hex');
const words: Readonly<Record<string, 'off' | 'shutdown'>> = { 'systemctl poweroff --force': 'off', 'systemctl poweroff': 'shutdown' };

/** A network card that wakes at its packet, and a system that ends when OpenSSH's client tells it; its state is read beside them, as a lab file must have it. */
export function wakeOnLanContract(): void {
  powerContract('Wake-on-LAN and a shutdown by OpenSSH', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hwlab-wol-'));
    const button = new SimulatedSwitch();
    let alive = true;
    const card = await listen((packet) => alive && packet.equals(magic) && button.press('on'));
    const system: SshServer = await startSshServer({
      folder,
      address: '127.0.0.1',
      answer: (command) => {
        const asked = words[command];
        if (alive && asked) button.press(asked);
        return { text: '', code: asked ? 0 : 127 };
      },
    });
    const knownHosts = join(folder, 'known-hosts');
    await writeFile(knownHosts, `[127.0.0.1]:${system.port} ${system.hostKey}\n`);
    return {
      button,
      power: wakeOnLanPower({ mac, broadcast: '127.0.0.1', port: card.address().port, ssh: { host: '127.0.0.1', port: system.port, user: 'root', keyFile: system.key, knownHosts } }, async () => Promise.resolve(!alive || button.fault === 'garbage' ? 'unknown' : button.power), testPatience),
      die: async () => Promise.resolve(void (alive = false)),
      revive: async () => Promise.resolve(void (alive = true)),
      [Symbol.asyncDispose]: async () => {
        card.close();
        await system[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      },
    };
  });
}

async function listen(heard: (packet: Buffer) => unknown): Promise<Socket> {
  const socket = createSocket('udp4').on('message', heard);
  await new Promise<void>((resolve, reject) => socket.once('error', reject).bind(0, '127.0.0.1', resolve));
  return socket;
}
