import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { Deadline } from '../base/deadline.ts';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { RedirHost } from './redir-host.ts';
import type { EmulatedUnit, WireListener } from './usb-device.ts';
import { UsbDeviceCore } from './usb-device-core.ts';

/** Milliseconds in which a client must say hello. */
const greetingWithin = 10_000;
/** Milliseconds of silence after which a client is asked whether it is still there: one that vanished would have the unit for ever. */
const silence = 15_000;

/** An emulated unit that waits for a guest on a TCP port, as `usbredirect --as` does with a real one. */
export interface ServedUnit {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the unit to one client after the other; while one has it others are refused, for it is one unit. @throws HwlabError usage `port-taken` */
export async function serveUnit(unit: EmulatedUnit<unknown>, at: { readonly host: string; readonly port: number }, say: (line: string) => void = () => undefined, onWire?: WireListener): Promise<ServedUnit> {
  let taken: Socket | undefined;
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: silence }, (socket) => {
    if (taken) {
      say('a second client was refused: the device is in use');
      socket.destroy();
      return;
    }
    taken = socket;
    socket.on('close', () => {
      taken = undefined;
      say('the client is gone');
    });
    const core = new UsbDeviceCore(unit, { onWire, onFailure: (error) => say(error.message) });
    const host = new RedirHost(socket);
    host.greeted(Deadline.after(greetingWithin)).then(
      () => {
        say(`plugged in at ${socket.remoteAddress ?? 'a client'}`);
        host.attach(core, () => say('configured'));
      },
      (error: unknown) => {
        say(messageOf(error));
        host.close();
      },
    );
  });
  server.listen(at.port, at.host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new HwlabError({ code: 'port-taken', blame: 'usage', message: `cannot listen at ${at.host}:${at.port}: ${messageOf(error)}`, cause: error });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : at.port,
    close: async () => {
      server.close();
      taken?.destroy();
      await once(server, 'close');
    },
  };
}
