import { expect, feature, suite, type HidTouchControls } from '../../harness/index.ts';
import { listenEvdev } from './listen.ts';
import { forgetNodes, penNode } from './panel-nodes.ts';
import { proveStroke, proveTools } from './pen-proofs.ts';
import { evdev, parseEvents, valuesOf } from './evdev-events.ts';

suite('panels-pen', () => {
  feature<HidTouchControls>('tablet.driver', 'the kernel makes an input device of the pen, and udev calls it a tablet', async (cell) => {
    const node = await penNode(cell);
    expect(node.udev['ID_INPUT_TABLET'], 'udev property ID_INPUT_TABLET').to.equal('1');
    expect(node.udev['ID_INPUT_TOUCHSCREEN'], 'udev property ID_INPUT_TOUCHSCREEN').to.not.equal('1');
    const { x, y } = cell.unit.controls.panel;
    if (x.millimetres === undefined || y.millimetres === undefined) return;
    expect(Number(node.udev['ID_INPUT_WIDTH_MM']), 'width in mm that udev tells').to.be.closeTo((x.max - x.min) / x.resolution, 1);
    expect(Number(node.udev['ID_INPUT_HEIGHT_MM']), 'height in mm that udev tells').to.be.closeTo((y.max - y.min) / y.resolution, 1);
  });

  feature<HidTouchControls>('tablet.stroke', 'a stroke on the tablet arrives with exact places and exact pressure', proveStroke);

  feature<HidTouchControls>('tablet.libinput', 'libinput takes the pen for a tablet tool with tip, pressure and tilt, and its other end for an eraser', proveTools);

  feature<HidTouchControls>(
    'tablet.replug',
    'unplugged and plugged in again, the tablet has the same names and the pen works',
    async (cell) => {
      const before = await penNode(cell);
      await cell.unit.unplug();
      forgetNodes(cell);
      await cell.unit.plug();
      const again = await penNode(cell);
      const links = (text: string | undefined): readonly string[] => (text ?? '').split(' ').sort();
      expect(links(again.udev['DEVLINKS']), 'stable names').to.deep.equal(links(before.udev['DEVLINKS']));
      await using listener = await listenEvdev(cell, again);
      await cell.unit.controls.pen([{ x: 0.3, y: 0.3 }, { x: 0.3, y: 0.3, tip: true, pressure: 0.5 }, { x: 0.3, y: 0.3 }, { x: 0.3, y: 0.3, inRange: false }]);
      await listener.until('a stroke', 5, (text) => valuesOf(parseEvents(text), evdev.key, evdev.btnTouch).length >= 2);
      expect(valuesOf(parseEvents(listener.text), evdev.key, evdev.btnTouch), 'BTN_TOUCH').to.deep.equal([1, 0]);
    },
    { within: 60 },
  );
});
