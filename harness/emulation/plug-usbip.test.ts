import { expect } from 'chai';
import { Deadline } from '../base/deadline.ts';
import { plugUsbip } from './plug-usbip.ts';
import { fakeUsbipGuest } from './testing/fake-usbip-guest.ts';
import { createTestUnit } from './testing/test-unit.ts';
import { vhciContract, type VhciUnderTest } from './testing/vhci-contract.ts';

describe('plugging in over USB/IP', () => {
  describe('into the fake client', () => {
    let client: VhciUnderTest;
    beforeEach(() => (client = fakeUsbipGuest()));
    vhciContract(() => client, 10);
  });

  it('leaves nothing open when the guest cannot import', async () => {
    let closed = 0;
    const unit = createTestUnit();
    const failing = {
      listen: async () => Promise.resolve({ port: 1, close: async () => Promise.resolve(void (closed += 1)) }),
      attach: async () => Promise.reject(new Error('modprobe: FATAL: Module vhci_hcd not found')),
    };
    const error: unknown = await plugUsbip(unit, failing, { deadline: Deadline.after(5000) }).catch((reason: unknown) => reason);
    expect(String(error)).to.contain('vhci_hcd not found');
    expect(closed).to.equal(1);
    expect(unit.controls.current.told).to.include('unplug');
  });
});
