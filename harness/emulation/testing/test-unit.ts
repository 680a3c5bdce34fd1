import type { ControlReply, EmulatedModel, EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes } from '../usb-device.ts';

/** A made-up device with every kind of endpoint and an alternate setting, for tests of the core and the transports. */
export const testModel: EmulatedModel = {
  id: 'test-device',
  device: 'test-device',
  name: 'Test device',
  emulator: 'test',
  suites: [],
  origin: [],
  usb: {
    speed: 'high',
    vendorId: '0x1209',
    productId: '0x0001',
    usbVersion: '0x0200',
    deviceVersion: '0x0100',
    class: [0, 0, 0],
    maxPacketSize0: 64,
    strings: { manufacturer: 'hwlab', product: 'Test device', serial: 'T1' },
    configuration: {
      attributes: 0xc0,
      maxPower: 100,
      interfaces: [
        {
          number: 0,
          alternates: [
            {
              class: [255, 0, 0],
              endpoints: [
                { address: '0x01', type: 'bulk', maxPacketSize: 512, interval: 0 },
                { address: '0x81', type: 'bulk', maxPacketSize: 512, interval: 0 },
                { address: '0x82', type: 'interrupt', maxPacketSize: 64, interval: 4 },
                { address: '0x02', type: 'interrupt', maxPacketSize: 64, interval: 4 },
              ],
            },
          ],
        },
        {
          number: 1,
          alternates: [
            { class: [255, 1, 0], endpoints: [] },
            { class: [255, 1, 1], name: 'Second', endpoints: [{ address: '0x83', type: 'bulk', maxPacketSize: 512, interval: 0 }] },
            {
              class: [255, 1, 2],
              endpoints: [{ address: '0x84', type: 'isochronous', synchronization: 'asynchronous', maxPacketSize: 1020, transactions: 3, interval: 1, extra: ['05 25 01 02 03'] }],
            },
          ],
        },
      ],
    },
  },
  behaviour: {},
};

/** The test device's function: records what it is told and answers as the test wants. */
export class TestFunction implements UsbFunction {
  readonly pipes: UsbInPipes;
  readonly told: string[] = [];
  readonly received: Buffer[] = [];
  /** Replaces the default, which takes everything at once. */
  answerOut: (endpoint: number, data: Uint8Array, signal: AbortSignal) => OutReply | Promise<OutReply> = (_endpoint, data) => ({ status: 'ok', accepted: data.length });
  answerControl: (setup: SetupPacket, data: Uint8Array) => ControlReply | Promise<ControlReply> | undefined = () => undefined;

  /** What isochronous endpoint 4 says, one packet each. */
  readonly packets: Uint8Array[] = [];

  constructor(pipes: UsbInPipes) {
    this.pipes = pipes;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | Promise<ControlReply> | undefined {
    return this.answerControl(setup, data);
  }

  out(endpoint: number, data: Uint8Array, signal: AbortSignal): OutReply | Promise<OutReply> {
    this.received.push(Buffer.from(data));
    return this.answerOut(endpoint, data, signal);
  }

  isochronous(): Uint8Array | undefined {
    return this.packets.shift();
  }

  onReset(): void {
    this.told.push('reset');
  }

  onConfiguration(value: number): void {
    this.told.push(`configuration ${value}`);
  }

  onAlternate(interfaceNumber: number, alternate: number): void {
    this.told.push(`alternate ${interfaceNumber} ${alternate}`);
  }

  onPolling(endpoint: number, polled: boolean): void {
    this.told.push(`polling ${endpoint} ${polled}`);
  }

  onUnplug(): void {
    this.told.push('unplug');
  }
}

/** A unit of the test device; `controls.current` is its function once it has been plugged in. */
export function createTestUnit(model: EmulatedModel = testModel): EmulatedUnit<{ current: TestFunction }> {
  const controls = {} as { current: TestFunction };
  return {
    model,
    controls,
    createFunction: (pipes) => (controls.current = new TestFunction(pipes)),
    decode: (event) => (event.kind === 'control' && event.setup?.request === 0x42 ? 'TEST REQUEST' : undefined),
  };
}
