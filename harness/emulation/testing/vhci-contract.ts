import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { Deadline } from '../../base/deadline.ts';
import { createUnit } from '../create-unit.ts';
import { plugUsbip, type UsbipGuest } from '../plug-usbip.ts';
import type { PluggedDevice } from '../plug.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { UsbDeviceCore } from '../usb-device-core.ts';

/** A USB/IP client, the kernel's or a fake, with one Arduino Uno in it at most. */
export interface VhciUnderTest {
  readonly guest: UsbipGuest;
  /** Device and configuration descriptor, once the client has configured the device. */
  descriptors(): Promise<Buffer>;
  /** Opens and closes the serial port, which submits IN transfers and takes them back, so many times. */
  openAndClose(times: number): Promise<void>;
  /** Settles when the device is gone from the client. */
  gone(): Promise<void>;
  /** Takes the device out at the client's side. */
  detach(): Promise<void>;
  /** What the client complained of, such as "cannot find a urb". */
  complaints(): Promise<readonly string[]>;
}

/** What our server and every client must do together. `seconds` is for one step of it. */
export function vhciContract(client: () => VhciUnderTest, seconds: number): void {
  const deadline = (): Deadline => Deadline.after(seconds * 1000);
  const model = async (): Promise<EmulatedModel> => JSON.parse(await readFile(new URL('../../../fixtures/devices/robotics/arduino-uno-r3.json', import.meta.url), 'utf8')) as EmulatedModel;
  const plugged = async (): Promise<PluggedDevice> => plugUsbip(await createUnit(await model()), client().guest, { deadline: deadline() });

  afterEach(async () => expect(await client().complaints()).to.deep.equal([]));

  it('imports a device and reads its descriptors as they are', async () => {
    const device = await plugged();
    const { descriptors } = new UsbDeviceCore(await createUnit(await model()));
    expect((await client().descriptors()).toString('hex')).to.equal(Buffer.concat([descriptors.device, descriptors.configuration]).toString('hex'));
    await deadline().race('the configuration', device.configured);
    await device.unplug();
    await deadline().race('the removal', client().gone());
  });

  it('keeps the device through twenty openings and closings, which take transfers back in a race', async () => {
    const device = await plugged();
    let lost: Error | undefined;
    void device.lost.then((error) => (lost = error));
    await client().descriptors();
    await client().openAndClose(20);
    expect(lost).to.equal(undefined);
    expect(await client().descriptors()).to.have.length.above(18);
    await device.unplug();
    await deadline().race('the removal', client().gone());
  });

  it('may take the device out itself, of which we hear, and takes it again', async () => {
    const device = await plugged();
    await client().descriptors();
    await client().detach();
    expect(await deadline().race('the loss', device.lost)).to.include({ code: 'usbip-client-gone' });
    await device.unplug();
    const again = await plugged();
    expect(await client().descriptors()).to.have.length.above(18);
    await again.unplug();
    await deadline().race('the removal', client().gone());
  });
}
