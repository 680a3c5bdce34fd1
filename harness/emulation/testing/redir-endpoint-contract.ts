import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { capability, has } from '../../wire/usbredir/capabilities.ts';
import { endpointIndex, type RedirPacket } from '../../wire/usbredir/packet.ts';
import { RedirectedDevice, type RedirEndpoint } from '../redirected/redirected-device.ts';
import { readUnit } from '../redirected/read-unit.ts';

/**
 * What the proxy asks of whatever has the device: our own `serveUnit`, and `usbredirect` with a real one. The device need be nothing special: only standard
 * requests are made.
 */
export function redirEndpointContract(name: string, start: () => Promise<RedirEndpoint & { readonly close: () => Promise<void> }>): void {
  describe(`usbredir endpoint: ${name}`, function () {
    this.timeout(20_000);
    let device: RedirectedDevice;
    let close: () => Promise<void>;
    before(async () => {
      const endpoint = await start();
      ({ close } = endpoint);
      device = await RedirectedDevice.connect(endpoint, Deadline.after(5000));
    });
    after(async () => {
      device.close();
      await close();
    });

    const ask = async (packet: RedirPacket): Promise<RedirPacket> => await new Promise((resolve) => device.ask(packet, resolve));
    const control = (requestType: number, request: number, value: number, length: number): RedirPacket => ({ name: 'control', id: 0n, endpoint: requestType & 0x80, requestType, request, status: 'ok', value, index: 0, length, data: Buffer.alloc(0) });

    it('can what an xHCI port of QEMU asks for', () => {
      for (const bit of [capability.epInfoMaxPacketSize, capability.ids64, capability.bulkLength32]) expect(has(device.common, bit), String(bit)).to.equal(true);
    });

    it('tells of its endpoints and interfaces before it connects, and endpoint 0 is control both ways', () => {
      const [endpoints, interfaces, connected] = device.introduction;
      expect(endpoints.types[endpointIndex(0)]).to.equal(0);
      expect(endpoints.types[endpointIndex(0x80)]).to.equal(0);
      expect(interfaces.count).to.be.within(1, 32);
      expect(connected.vendorId).to.be.above(0);
    });

    it('answers a request with its id, no longer than was asked for, and refuses what it does not know with a stall', async () => {
      const whole = await ask(control(0x80, 6, 0x0100, 18));
      expect(whole).to.include({ name: 'control', status: 'ok', length: 18 });
      expect(await ask(control(0x80, 6, 0x0100, 8))).to.include({ status: 'ok', length: 8 });
      expect(await ask(control(0x80, 6, 0x4200, 64))).to.have.property('status', 'stall');
    });

    it('describes itself as readUnit needs it, with the ids that it connected with', async () => {
      const { usb } = await readUnit(device, false, Deadline.after(5000));
      const [, interfaces, connected] = device.introduction;
      expect(Number(usb.vendorId)).to.equal(connected.vendorId);
      expect(usb.configuration.interfaces).to.have.length(interfaces.count);
    });

    it('says what configuration it has, and tells its endpoints anew before the answer to SET_CONFIGURATION', async () => {
      const told: string[] = [];
      device.onUnasked = ({ name: packet }) => told.push(packet);
      const before = await ask({ name: 'getConfiguration', id: 0n });
      expect(before.name).to.equal('configurationStatus');
      expect(await ask({ name: 'setConfiguration', id: 0n, configuration: 1 })).to.include({ name: 'configurationStatus', status: 'ok', configuration: 1 });
      expect(told).to.include('epInfo').and.include('interfaceInfo');
    });

    it('answers a cancelled request once, whether it was quicker or not', async () => {
      let answers = 0;
      device.onUnasked = (packet) => (answers += packet.name === 'control' ? 1 : 0);
      const id = device.ask(control(0x80, 6, 0x0200, 255), () => (answers += 1));
      device.tell({ name: 'cancel', id });
      await ask(control(0x80, 6, 0x0100, 18));
      expect(answers).to.equal(1);
    });
  });
}
