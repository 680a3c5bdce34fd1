import { duplexPair, type Duplex } from 'node:stream';
import { FakeVhci } from './fake-vhci.ts';
import type { VhciUnderTest } from './vhci-contract.ts';

/** IN transfers that cdc_acm keeps under way while its port is open. */
const readsOfAnOpenPort = 16;
const setControlLineState = 0x22;

/** A guest whose USB/IP client is the fake one, driven as cdc_acm drives an Arduino Uno. */
export function fakeUsbipGuest(): VhciUnderTest {
  let onConnection: (stream: Duplex) => void = () => undefined;
  let vhci: FakeVhci | undefined;
  let read: Buffer | undefined;
  const attached = (): FakeVhci => {
    if (!vhci) throw new Error('nothing is attached');
    return vhci;
  };
  return {
    guest: {
      listen: async (listener) => {
        onConnection = listener;
        return Promise.resolve({ port: 40_000, close: async () => Promise.resolve() });
      },
      attach: async (_port, busId) => {
        const [ours, theirs] = duplexPair();
        onConnection(theirs);
        vhci = new FakeVhci(ours, busId);
        read = undefined;
        const status = await vhci.imported;
        if (status !== 0) throw new Error(`import: status ${status}`);
      },
    },
    descriptors: async () => (read ??= await attached().enumerate()),
    openAndClose: async (times) => {
      const lineState = async (value: number): Promise<unknown> => attached().control([0x21, setControlLineState, value, 0, 0, 0, 0, 0]);
      for (let count = 0; count < times; count += 1) {
        const reads = Array.from({ length: readsOfAnOpenPort }, () => attached().submit({ endpoint: 3, isIn: true, length: 128 }));
        await lineState(3);
        const taken = reads.map(({ sequence }) => attached().unlink(sequence));
        await Promise.all([lineState(0), ...taken]);
      }
    },
    gone: async () => attached().closed,
    detach: async () => {
      attached().close();
      return Promise.resolve();
    },
    complaints: async () => Promise.resolve(vhci?.violations ?? []),
  };
}
