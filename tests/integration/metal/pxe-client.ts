/**
 * Asks on this namespace's network as the UEFI firmware of one card would, then as iPXE (RFC 2131, PXE 2.1): who offers an address or what to boot, and, where
 * only the latter is offered, what is said at port 4011. Prints what it was told as JSON.
 */
import { createSocket } from 'node:dgram';
import { setTimeout as delay } from 'node:timers/promises';

const [mac = '', own = ''] = process.argv.slice(2);
const hardware = Buffer.from(mac.replaceAll(':', ''), 'hex');
const option = (code: number, ...bytes: readonly number[]): readonly number[] => [code, bytes.length, ...bytes];

/** @param type 1 discover, 3 request */
function question(type: 1 | 3, asker: 'firmware' | 'ipxe', id: number): Buffer {
  const head = Buffer.alloc(236);
  head.set([1, 1, 6, 0, 0, 0, id, hardware[5] ?? 0, 0, 0, type === 1 ? 0x80 : 0, 0]);
  if (type === 3) head.set(own.split('.').map(Number), 12);
  hardware.copy(head, 28);
  const options = [
    ...option(53, type),
    ...option(60, ...Buffer.from('PXEClient:Arch:00007:UNDI:003016')),
    ...option(93, 0, 7),
    ...option(94, 1, 3, 16),
    ...option(97, 0, ...Buffer.alloc(16, 7)),
    ...option(55, 1, 3, 43, 54, 60, 66, 67),
    ...(asker === 'ipxe' ? [...option(77, ...Buffer.from('iPXE')), ...option(175, 0xb1, 1, 1)] : []),
  ];
  return Buffer.concat([head, Buffer.from([99, 130, 83, 99]), Buffer.from(options), Buffer.from([255])]);
}

const text = (bytes: Buffer): string => bytes.toString('latin1').replace(/\0.*$/s, '');

/** The value of an option (RFC 2132), empty where there is none. */
function optionOf(packet: Buffer, wanted: number): Buffer {
  for (let at = 240; at + 1 < packet.length && packet[at] !== 255; at += packet[at] === 0 ? 1 : 2 + (packet[at + 1] ?? 0)) {
    if (packet[at] === wanted) return packet.subarray(at + 2, at + 2 + (packet[at + 1] ?? 0));
  }
  return Buffer.alloc(0);
}

const socket = createSocket({ type: 'udp4', reuseAddr: true });
let heard: { readonly id: number; readonly server: string; readonly address: string; readonly file: string }[] = [];
socket.on('message', (packet, from) => {
  if (packet.length < 240 || packet[0] !== 2 || !packet.subarray(28, 34).equals(hardware)) return;
  heard.push({ id: packet[6] ?? 0, server: from.address, address: [...packet.subarray(16, 20)].join('.'), file: text(packet.subarray(108, 236)) || text(optionOf(packet, 67)) });
});
await new Promise<void>((resolve) => socket.bind(68, resolve));
socket.setBroadcast(true);

const told: Record<string, { readonly addresses: readonly string[]; readonly file: string }> = {};
for (const [index, asker] of (['firmware', 'ipxe'] as const).entries()) {
  heard = [];
  socket.send(question(1, asker, index), 67, '255.255.255.255');
  // A server that gives addresses looks first whether one is in use.
  await delay(3500);
  const proxy = heard.find(({ address, file }) => address === '0.0.0.0' && file === '');
  if (proxy) {
    socket.send(question(3, asker, index), 4011, proxy.server);
    await delay(500);
  }
  told[asker] = { addresses: heard.filter(({ address }) => address !== '0.0.0.0' && address !== own).map(({ address }) => address), file: heard.find(({ file }) => file !== '')?.file ?? '' };
}
process.stdout.write(JSON.stringify(told));
socket.close();
