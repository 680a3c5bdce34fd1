import { expect, feature, fingersDown, fingersUp, spreadPoints, suite, type HidTouchControls } from '../../harness/index.ts';
import { parseLibinputEvents } from './libinput-events.ts';
import { listenLibinput } from './listen.ts';
import { panelNodes, touchNode } from './panel-nodes.ts';

const taps = 4;
const vendorReports = 100;

suite('panels', () => {
  feature<HidTouchControls>('touch.mode', 'the driver tells the panel that it takes touches', async (cell) => {
    await touchNode(cell);
    if (cell.unit.controls.inputMode === undefined) cell.skip('a panel that asks for its input mode');
    await cell.waitFor('the input mode "touch screen"', () => (cell.unit.controls.inputMode === 2 ? { value: true } : { saw: `mode ${cell.unit.controls.inputMode}` }), 5);
  });

  feature<HidTouchControls>('touch.once', 'a tap on the panel is a touch once, and neither a click of its mouse nor a key of its keyboard', async (cell) => {
    const node = await touchNode(cell);
    const own = new Set((await panelNodes(cell)).map(({ path }) => path.slice('/dev/input/'.length)));
    const finger = spreadPoints(1);
    await using listener = await listenLibinput(cell, node, true);
    const of = (kind: string) => parseLibinputEvents(listener.text).filter((event) => event.kind === kind && own.has(event.device));
    for (let tap = 1; tap <= taps; tap++) {
      await cell.unit.controls.touch([fingersDown(finger), fingersUp(finger)]);
      await listener.until(`tap ${tap}`, 5, () => of('TOUCH_UP').length >= tap);
    }
    await listener.end();
    expect(of('TOUCH_DOWN').length, 'TOUCH_DOWN').to.equal(taps);
    const others = parseLibinputEvents(listener.text).filter(({ device, kind }) => own.has(device) && /^(POINTER|KEYBOARD|GESTURE)_/.test(kind));
    expect(others.map(({ device, kind }) => `${device} ${kind}`), 'events of a mouse or a keyboard').to.deep.equal([]);
  });

  feature<HidTouchControls>('touch.vendor', "reports of the panel's configuration interface make no input and fill no log", async (cell) => {
    const { vendor } = cell.unit.controls.panel;
    if (vendor.length === 0) cell.skip('a panel with an interface for its own configuration program');
    const report = vendor[0]!;
    const node = await touchNode(cell);
    const own = new Set((await panelNodes(cell)).map(({ path }) => path.slice('/dev/input/'.length)));
    const finger = spreadPoints(1);
    await using listener = await listenLibinput(cell, node, true);
    for (let count = 0; count < vendorReports; count++) {
      const bytes = Uint8Array.from({ length: report.bytes }, (_, index) => (index === 0 && report.id !== 0 ? report.id : (count * 7 + index) & 0xff));
      await cell.unit.controls.sendRaw(bytes, report.interfaceNumber);
    }
    await cell.unit.controls.touch([fingersDown(finger), fingersUp(finger)]);
    await listener.until('a tap after them', 5, (text) => text.includes('TOUCH_UP'));
    await listener.end();
    const kinds = parseLibinputEvents(listener.text).filter(({ device, kind }) => own.has(device) && kind !== 'DEVICE_ADDED').map(({ kind }) => kind);
    expect(kinds.filter((kind) => !kind.startsWith('TOUCH_')), 'events that are no touches').to.deep.equal([]);
    expect(kinds.filter((kind) => kind === 'TOUCH_DOWN').length, 'touches').to.equal(1);
    const log = (await cell.guest.kernelLog()).split('\n').filter((line) => /\bhid|usbhid|input/i.test(line));
    expect(log.length, `lines of the kernel log about it: ${log.slice(0, 3).join(' | ')}`).to.be.lessThan(5);
  });
});
