import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import type { ControlReply, EmulatedModel, SetupPacket, UsbFunction } from '../usb-device.ts';
import { fingersDown, fingersMove, fingersUp, spreadPoints } from './gestures.ts';
import { createHidTouch, type HidTouchControls } from './hid-touch.ts';

function model(id: string, edit: (behaviour: Record<string, unknown>) => void = () => undefined): EmulatedModel {
  const read = JSON.parse(readFileSync(join(projectRoot, 'fixtures/devices/panels', `${id}.json`), 'utf8')) as EmulatedModel;
  edit(read.behaviour as Record<string, unknown>);
  return read;
}

interface Bench {
  readonly controls: HidTouchControls;
  readonly usb: UsbFunction;
  readonly sent: { readonly endpoint: number; readonly data: Uint8Array }[];
  ask(requestType: number, request: number, value: number, index?: number, data?: Uint8Array): ControlReply | undefined;
}

function bench(made: EmulatedModel): Bench {
  const unit = createHidTouch(made);
  const sent: { endpoint: number; data: Uint8Array }[] = [];
  const usb = unit.createFunction({
    send: async (endpoint, data) => {
      sent.push({ endpoint, data });
    },
    halt: () => undefined,
  });
  const ask = (requestType: number, request: number, value: number, index = 0, data = new Uint8Array()): ControlReply | undefined =>
    usb.control({ requestType, request, value, index, length: 4096 } satisfies SetupPacket, data) as ControlReply | undefined;
  return { controls: unit.controls, usb, sent, ask };
}

const hexOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');

describe('hid-touch control requests', () => {
  it('gives the HID and the report descriptor of each interface', () => {
    const { ask } = bench(model('hwlab-panel-65'));
    const report = ask(0x81, 6, 0x2200)?.data;
    expect(report?.length).to.equal(905 + 106);
    expect(hexOf(report).slice(0, 16)).to.equal('050d0904a1018501');
    expect(hexOf(ask(0x81, 6, 0x2100)?.data)).to.equal('09211101000122f303');
    expect(hexOf(ask(0x81, 6, 0x2200, 1)?.data).slice(0, 12)).to.equal('05010902a101');
    expect(ask(0x81, 6, 0x2300)).to.equal(undefined);
    expect(ask(0x81, 6, 0x2200, 7)).to.equal(undefined);
  });

  it('answers the features that Linux asks for at probe', () => {
    const { ask } = bench(model('hwlab-panel-65'));
    expect(hexOf(ask(0xa1, 1, 0x0302)?.data)).to.equal('020a');
    expect(ask(0xa1, 1, 0x0344)?.data.length).to.equal(257);
    expect(ask(0xa1, 1, 0x0399)).to.equal(undefined);
  });

  it('can claim another number of contacts than it has', () => {
    const { ask } = bench(model('hwlab-panel-65', (behaviour) => (behaviour['contactCountMaximum'] = 2)));
    expect(hexOf(ask(0xa1, 1, 0x0302)?.data)).to.equal('0202');
  });

  it('keeps what the driver sets, until reset', () => {
    const { ask, usb } = bench(model('irtouch-6615-0070'));
    expect(ask(0x21, 9, 0x0302, 0, Uint8Array.of(2, 2, 0))?.status).to.equal('ok');
    expect(hexOf(ask(0xa1, 1, 0x0302)?.data)).to.equal('020200');
    expect(ask(0x21, 9, 0x0302, 0, new Uint8Array(400))).to.equal(undefined);
    expect(ask(0x21, 0x0a, 0x0500)?.status).to.equal('ok');
    expect(hexOf(ask(0xa1, 2, 0)?.data)).to.equal('05');
    expect(hexOf(ask(0xa1, 3, 0)?.data)).to.equal('01');
    usb.onReset?.();
    expect(hexOf(ask(0xa1, 1, 0x0302)?.data)).to.equal('020000');
  });

  it('refuses a model whose HID descriptor tells another length', () => {
    const wrong = model('irtouch-6615-0070', (behaviour) => (behaviour['reportDescriptors'] = { '0': ['05 0d 09 04 a1 01 c0'] }));
    expect(() => createHidTouch(wrong)).to.throw(/says that the report descriptor has 324 bytes; it has 7/);
  });
});

describe('hid-touch reports', () => {
  it('sends ten contacts in one report, byte by byte', async () => {
    const { controls, usb, sent } = bench(model('hwlab-panel-65'));
    usb.onPolling?.(1, true);
    expect(controls.polled).to.equal(true);
    const result = await controls.touch([[{ id: 3, x: 0.5, y: 1 }]], 0);
    expect(result.reports).to.equal(1);
    expect(sent[0]?.endpoint).to.equal(1);
    expect(sent[0]?.data.length).to.equal(104);
    // tip and confidence, id 3, X 0x4000, Y 0x7fff, width and height 1 % of 32767
    expect(hexOf(sent[0]?.data.subarray(0, 11))).to.equal('0103030040ff7f48014801');
    expect(sent[0]?.data[103]).to.equal(1);
    await controls.touch([fingersDown(spreadPoints(10))], 0);
    expect(sent[1]?.data[103]).to.equal(10);
  });

  it('splits a frame over several reports, the count in the first', async () => {
    const { controls, usb, sent } = bench(model('irtouch-6615-0070'));
    usb.onPolling?.(1, true);
    await controls.touch([fingersDown(spreadPoints(5))], 0);
    expect(sent.map(({ data }) => data.at(-1))).to.deep.equal([5, 0, 0]);
    expect(sent.map(({ data }) => [data[2], data[8]])).to.deep.equal([[0, 1], [2, 3], [4, 0]]);
  });

  it('lifts with tip 0 and loses reports that nothing polls', async () => {
    const { controls, usb, sent } = bench(model('ilitek-222a-0015'));
    const points = spreadPoints(2);
    await controls.touch([fingersDown(points)], 0);
    expect(sent).to.deep.equal([]);
    expect(controls.reportsSent).to.equal(1);
    usb.onPolling?.(1, true);
    await controls.touch([fingersDown(points), ...fingersMove(points, 0.1, 0.1, 3), fingersUp(points)], 0);
    expect(sent.length).to.equal(5);
    expect([sent[3]?.data[1], sent[4]?.data[1]]).to.deep.equal([0x40, 0x00]);
  });

  it('tells how often the host stopped asking while a gesture went out', async () => {
    const { controls, usb, sent } = bench(model('ilitek-222a-0015'));
    const points = spreadPoints(2);
    usb.onPolling?.(1, true);
    usb.onPolling?.(1, false);
    usb.onPolling?.(1, true);
    const gesture = controls.touch([fingersDown(points), ...fingersMove(points, 0.1, 0.1, 3), fingersUp(points)], 5);
    usb.onPolling?.(1, false);
    usb.onPolling?.(1, false);
    usb.onPolling?.(1, true);
    expect((await gesture).stops).to.equal(1);
    expect(sent.length, 'reports that were asked for').to.be.within(1, 5);
    expect((await controls.touch([fingersDown(points)], 0)).stops).to.equal(0);
  });

  it('lifts what is down between tests and counts from 0', async () => {
    const { controls, usb, sent } = bench(model('hwlab-panel-65'));
    usb.onPolling?.(1, true);
    await controls.touch([fingersDown(spreadPoints(2))], 0);
    controls.reset();
    expect(controls.reportsSent).to.equal(0);
    expect([sent[1]?.data[1], sent[1]?.data[103]]).to.deep.equal([0x02, 2]);
    controls.reset();
    expect(sent.length).to.equal(2);
  });

  it('shows its defects', async () => {
    const inverted = bench(model('hwlab-panel-65', (behaviour) => (behaviour['defects'] = { axes: 'y-inverted', loseEvery: 3, neverLifts: true })));
    inverted.usb.onPolling?.(1, true);
    const result = await inverted.controls.touch(Array.from({ length: 6 }, () => [{ id: 0, x: 0, y: 0, tip: false }]), 0);
    expect([result.frames, result.reports]).to.deep.equal([6, 4]);
    expect(hexOf(inverted.sent[0]?.data.subarray(1, 7))).to.equal('03000000ff7f');
  });

  it('sends the pen with pressure and tilt', async () => {
    const { controls, usb, sent } = bench(model('hwlab-panel-65'));
    usb.onPolling?.(1, true);
    await controls.pen([{ x: 0, y: 1, tip: true, pressure: 1, tiltX: -90, tiltY: 45 }], 0);
    // tip and in range; X 0, Y 0x7fff, pressure 0x0fff, tilt -9000 and 4500 hundredths of a degree
    expect(hexOf(sent[0]?.data)).to.equal('03110000ff7fff0fd8dc9411');
  });

  it('ends at unplug and starts anew at the next plug', async () => {
    const { controls, usb, sent } = bench(model('hwlab-panel-65'));
    usb.onPolling?.(1, true);
    const running = controls.touch(Array.from({ length: 1000 }, () => fingersDown(spreadPoints(1))), 5);
    usb.onUnplug?.();
    expect((await running).frames).to.be.lessThan(3);
    expect(controls.polled).to.equal(false);
    expect(sent.length).to.be.lessThan(3);
  });
});

describe('hid-touch quirks', () => {
  const quirky = (quirks: Record<string, unknown>, id = 'hwlab-panel-65'): Bench => {
    const made = bench(model(id, (behaviour) => (behaviour['quirks'] = quirks)));
    made.usb.onPolling?.(1, true);
    made.usb.onPolling?.(2, true);
    return made;
  };
  const counts = (made: Bench): (number | undefined)[] => made.sent.map(({ data }) => data[103]);

  it('tells another contact count than there are contacts', async () => {
    for (const [contactCount, wanted] of [['one-less', 1], ['one', 1], ['room', 10], ['zero', 0]] as const) {
      const made = quirky({ contactCount });
      await made.controls.touch([fingersDown(spreadPoints(2))], 0);
      expect(counts(made), contactCount).to.deep.equal([wanted]);
    }
    const asked = quirky({});
    await asked.controls.touch([fingersDown(spreadPoints(2))], 0, { contactCount: 7 });
    expect(counts(asked)).to.deep.equal([7]);
    const each = quirky({ contactCount: 'each-report' }, 'irtouch-6615-0070');
    await each.controls.touch([fingersDown(spreadPoints(3))], 0);
    expect(each.sent.map(({ data }) => data.at(-1))).to.deep.equal([3, 3]);
  });

  it('keeps old contacts in empty fields', async () => {
    const made = quirky({ emptySlots: 'stale' });
    await made.controls.touch([fingersDown(spreadPoints(2)), fingersDown(spreadPoints(1))], 0);
    expect(made.sent.map(({ data }) => [data[1], data[11], data[103]])).to.deep.equal([[3, 3, 2], [3, 3, 1]]);
  });

  it('leaves lifted contacts out, or sends nothing at the last one', async () => {
    const points = spreadPoints(2);
    const frames = [fingersDown(points), fingersUp(points)];
    const leftOut = quirky({ lifts: 'left-out' });
    await leftOut.controls.touch(frames, 0);
    expect(counts(leftOut)).to.deep.equal([2, 0]);
    const silent = quirky({ lifts: 'silent' });
    expect((await silent.controls.touch(frames, 0)).reports).to.equal(1);
  });

  it('numbers contacts anew, doubles and drops them, and wanders', async () => {
    const ids = quirky({ contactIds: 'never-reused' });
    const one = spreadPoints(1);
    await ids.controls.touch([fingersDown(one), fingersUp(one), fingersDown(one)], 0);
    expect(ids.sent.map(({ data }) => data[2])).to.deep.equal([0, 0, 1]);
    const twice = quirky({ duplicateContact: true });
    await twice.controls.touch([fingersDown(one)], 0);
    expect([counts(twice), twice.sent[0]?.data[2], twice.sent[0]?.data[12]]).to.deep.equal([[2], 0, 0]);
    const flickers = quirky({ flickerEvery: 2 });
    await flickers.controls.touch([fingersDown(one), fingersDown(one)], 0);
    expect(counts(flickers)).to.deep.equal([1, 0]);
    const wanders = quirky({ jitter: 0.01 });
    await wanders.controls.touch([[{ id: 0, x: 0.5, y: 0.5 }], [{ id: 0, x: 0.5, y: 0.5 }]], 0);
    expect(hexOf(wanders.sent[0]?.data.subarray(3, 5))).to.not.equal(hexOf(wanders.sent[1]?.data.subarray(3, 5)));
  });

  it('sends finer units, the same scan time, and sleeps at first', async () => {
    const made = quirky({ sensorScale: 2, scanTime: 'constant', wakes: 20 });
    const frames = Array.from({ length: 8 }, () => [{ id: 0, x: 1, y: 1 }]);
    const { reports } = await made.controls.touch(frames, 10);
    expect(reports).to.be.within(1, 7);
    expect(hexOf(made.sent[0]?.data.subarray(3, 7))).to.equal('fefffeff');
    expect(made.sent.map(({ data }) => hexOf(data.subarray(101, 103)))).to.deep.equal(made.sent.map(() => '0000'));
  });

  it('stalls feature reports, and clicks as a mouse until it is asked for its certificate', async () => {
    const stalls = quirky({ features: 'stall' });
    expect(stalls.ask(0xa1, 1, 0x0302)).to.equal(undefined);
    const mouse = quirky({ mouse: 'until-certified' });
    await mouse.controls.touch([fingersDown(spreadPoints(1))], 0);
    mouse.ask(0xa1, 1, 0x0344);
    await mouse.controls.touch([fingersDown(spreadPoints(1))], 0);
    expect(mouse.sent.map(({ endpoint, data }) => [endpoint, data.length])).to.deep.equal([[2, 3], [1, 104]]);
    const both = quirky({ mouse: 'also' });
    await both.controls.touch([fingersDown(spreadPoints(1))], 0);
    expect(both.sent.map(({ endpoint }) => endpoint)).to.deep.equal([2, 1]);
  });

  it('knows the input mode that the driver set', () => {
    const { ask, controls } = bench(model('irtouch-6615-0070'));
    expect(controls.inputMode).to.equal(0);
    ask(0x21, 9, 0x0302, 0, Uint8Array.of(2, 2, 0));
    expect(controls.inputMode).to.equal(2);
  });

  it('lets the pen leave as an eraser, and takes usages from its descriptor', async () => {
    const made = quirky({ pen: 'leaves-as-eraser', descriptor: { drop: ['confidence', 'scan-time'] } });
    await made.controls.pen([{ x: 0, y: 0, inRange: false }], 0);
    expect(made.sent[0]?.data[1]).to.equal(4);
    expect([made.controls.panel.confidence, made.controls.panel.contactCount]).to.deep.equal([false, true]);
  });
});
