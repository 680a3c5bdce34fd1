import { expect } from 'chai';
import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { UsbFunction } from '../usb-device.ts';
import { Onlooker } from './onlooker.ts';

const sent = (text: string, endpoint = 2): CassetteEvent => ({ t: 0, from: 'host', kind: 'bulk', endpoint, status: 'ok', data: Buffer.from(text) });
const request = (requestType: number, code: number, data?: Uint8Array): CassetteEvent => ({ t: 0, from: 'host', kind: 'control', endpoint: requestType & 0x80, setup: { requestType, request: code, value: 0, index: 0, length: 0 }, status: 'ok', ...(data ? { data } : {}) });

/** A class that writes down what it is shown; `out` is how it takes data. */
function looking(out: UsbFunction['out'] = (_endpoint, data) => ({ status: 'ok', accepted: data.length })): { onlooker: Onlooker; saw: string[] } {
  const saw: string[] = [];
  const made: UsbFunction = {
    control: ({ request: code }, data) => {
      saw.push(`request ${code} with ${data.length} bytes`);
      throw new Error('a class that does not know this');
    },
    out: (endpoint, data, signal) => {
      saw.push(`${endpoint}: ${Buffer.from(data.subarray(0, 20)).toString()}`);
      return out(endpoint, data, signal);
    },
    onReset: () => saw.push('reset'),
    onConfiguration: (value) => saw.push(`configuration ${value}`),
    onUnplug: () => saw.push('unplug'),
  };
  return { onlooker: new Onlooker(made), saw };
}

describe('a class that looks on', () => {
  it('is shown what the driver sends and sets, and not what the device answers or the core does', async () => {
    const { onlooker, saw } = looking();
    onlooker.see({ t: 0, from: 'host', kind: 'reset' });
    onlooker.see({ t: 0, from: 'host', kind: 'configuration', status: 'ok', meaning: 'SET_CONFIGURATION 2' });
    onlooker.see(request(0x80, 0, Buffer.from('status')));
    onlooker.see(request(0x21, 0x20, Buffer.from('coding!')));
    onlooker.see(request(0xa1, 1, Buffer.from('answer')));
    onlooker.see(sent('job'));
    onlooker.see(sent('answer', 0x82));
    onlooker.unplugged();
    await new Promise((resolve) => setImmediate(resolve));
    expect(saw).to.deep.equal(['reset', 'configuration 2', 'request 32 with 7 bytes', 'request 1 with 0 bytes', '2: job', 'unplug']);
  });

  it('gets one transfer of an endpoint after the other, none behind the unplug, and no more wait for it than fit', async () => {
    let take: () => void = () => undefined;
    const { onlooker, saw } = looking(async (_endpoint, data) => await new Promise((taken) => (take = () => taken({ status: 'ok', accepted: data.length }))));
    for (const text of ['one', 'two', 'three']) onlooker.see(sent(text));
    expect(saw).to.deep.equal(['2: one']);
    take();
    await new Promise((resolve) => setImmediate(resolve));
    expect(saw).to.deep.equal(['2: one', '2: two']);
    onlooker.unplugged();
    take();
    await new Promise((resolve) => setImmediate(resolve));
    expect(saw).to.deep.equal(['2: one', '2: two', 'unplug']);
  });
});
