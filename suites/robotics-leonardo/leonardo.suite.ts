import { expect, feature, suite, type ArduinoLeonardoControls, type CellContext, type PluggedUnit } from '../../harness/index.ts';
import { intelHex } from '../robotics/intel-hex.ts';

type LeonardoCell = CellContext<ArduinoLeonardoControls>;
type Leonardo = PluggedUnit<ArduinoLeonardoControls>;

/** Seconds that the boot loader of a real board waits before it starts the sketch again. */
const bootWindow = 8;

/** The serial node of a board, when udev has set its rights. */
async function portOf(cell: LeonardoCell, board: Leonardo): Promise<string> {
  const sysfs = await board.sysfs();
  const { stdout } = await cell.guest.run(
    `timeout 20 sh -c 'while :; do for tty in ${sysfs}/*/tty/tty*; do [ -c "/dev/\${tty##*/}" ] && { echo "/dev/\${tty##*/}"; exit 0; }; done; sleep 0.1; done'; udevadm settle -t 5`,
    { accept: [0, 1, 124] },
  );
  if (!stdout.startsWith('/dev/')) expect.fail('no serial node for the board after 20 s');
  return stdout.trim();
}

/** Does the touch as editors do it, and plugs in what the board becomes: the same board under its other product id. */
async function touch(cell: LeonardoCell): Promise<Leonardo> {
  const port = await portOf(cell, cell.unit);
  await cell.guest.run(`stty -F ${port} 1200 hupcl`);
  await cell.waitFor('the touch to reach the board (port closed at 1200 bit/s)', () => (cell.unit.controls.touched ? { value: true } : { saw: `speeds ${cell.unit.controls.lineCodings.map(({ baud }) => baud).join(', ')}, DTR ${cell.unit.controls.dtr ? 'on' : 'off'}` }), 5);
  await cell.unit.unplug();
  return await cell.plugAnother((model) => ({ ...model, usb: { ...model.usb, productId: String(model.behaviour['bootProductId']) }, behaviour: { ...model.behaviour, runs: 'bootloader' } }));
}

suite('robotics-leonardo', () => {
  feature<ArduinoLeonardoControls>('leonardo.touch', 'after a touch at 1200 bit/s the board is back as its boot loader, with a port, before the boot loader gives up', async (cell) => {
    const boot = await touch(cell);
    const started = performance.now();
    await portOf(cell, boot);
    const seconds = (performance.now() - started) / 1000;
    cell.measure('leonardo.boot-port.seconds', Math.round(seconds * 10) / 10);
    expect(seconds, 'seconds from the plug to a port that udev has finished').to.be.lessThan(bootWindow);
  });

  feature<ArduinoLeonardoControls>(
    'leonardo.program',
    'avrdude programs the boot loader and verifies; the flash of the board holds exactly that program',
    async (cell) => {
      const boot = await touch(cell);
      const port = await portOf(cell, boot);
      const program = Uint8Array.from({ length: 2048 }, (_, index) => (index * 37 + (index >>> 7)) & 0xff);
      await cell.guest.putFile('/tmp/hwlab-leonardo.hex', Buffer.from(intelHex(program)));
      const { exitCode, stdout } = await cell.guest.run(`timeout 40 runuser -u "$(getent passwd 1000 | cut -d: -f1)" -- avrdude -c avr109 -p m32u4 -P ${port} -b 57600 -D -U flash:w:/tmp/hwlab-leonardo.hex:i 2>&1`, { accept: [0, 1, 124], within: 50 });
      await cell.attach('avrdude', stdout, 'text/plain');
      expect(exitCode, `avrdude says: ${stdout.trim().split('\n').slice(-4).join('; ')}`).to.equal(0);
      expect(Buffer.from(boot.controls.flash().subarray(0, program.length)).equals(Buffer.from(program)), 'the flash of the board is the program').to.equal(true);
    },
    { within: 60 },
  );
});
