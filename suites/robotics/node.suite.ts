import { expect, feature, suite, type ArduinoUnoControls } from '../../harness/index.ts';
import { byIdLinks, chipOf, driversOf, portAsItIs, portOf, schoolUser } from './board-cell.ts';

suite('robotics', () => {
  feature<ArduinoUnoControls>('serial.driver', 'the kernel binds its own driver and makes a serial node', async (cell) => {
    const port = await portOf(cell);
    const sysfs = await cell.unit.sysfs();
    const { stdout } = await cell.guest.run(`for interface in ${sysfs}/*:*; do basename "$(readlink "$interface/driver")"; done`);
    expect(stdout.trim().split('\n'), 'drivers of the interfaces').to.deep.equal(driversOf[chipOf(cell.unit)]);
    expect(port).to.match(chipOf(cell.unit) === 'uno' ? /^\/dev\/ttyACM\d+$/ : /^\/dev\/ttyUSB\d+$/);
  });

  feature<ArduinoUnoControls>('serial.by-id', 'a link under /dev/serial/by-id names the board by its serial number', async (cell) => {
    const links = await byIdLinks(cell, await portOf(cell));
    expect(links, 'links to the board').to.have.length(1);
    expect(links[0]).to.include(cell.unit.model.usb.strings.serial ?? '');
  });

  feature<ArduinoUnoControls>('serial.user-access', 'a pupil may open the port for reading and writing', async (cell) => {
    const port = await portOf(cell);
    const user = await schoolUser(cell);
    const { exitCode, stderr } = await cell.guest.run(`runuser -u ${user} -- sh -c 'exec 3<>${port}' || { ls -l ${port} >&2; id ${user} >&2; exit 1; }`, { accept: [0, 1, 2] });
    expect(exitCode, `${user} opens ${port}: ${stderr}`).to.equal(0);
    expect(cell.unit.controls.dtrEdges, 'times the board saw the port opened').to.equal(1);
  });

  feature<ArduinoUnoControls>(
    'serial.left-alone',
    'nothing of the system talks to a board that was plugged in (modem and braille probes reset it and spoil a running program)',
    async (cell) => {
      // That the braille service takes serial adapters is policy.braille's matter; it is set aside before the plug, because it would hide everything else here.
      await portOf(cell);
      await cell.unit.unplug();
      cell.unit.controls.reset();
      await cell.unit.plug();
      await portAsItIs(cell);
      // Time is what is tested here: such probes come some seconds after the plug.
      await cell.guest.run('sleep 8');
      const { dtrEdges, receivedBytes, bootCommands } = cell.unit.controls;
      expect({ dtrEdges, receivedBytes, bootCommands }).to.deep.equal({ dtrEdges: 0, receivedBytes: 0, bootCommands: 0 });
    },
  );

  feature<ArduinoUnoControls>('serial.replug', 'unplugged while a program reads, the port ends cleanly; plugged in again it has the same name', async (cell) => {
    const port = await portOf(cell);
    const before = await byIdLinks(cell, port);
    await cell.guest.run(`rm -f /tmp/hwlab-reader; ( exec 3<>${port}; stty raw -echo <&3; cat <&3; echo ended >/tmp/hwlab-reader ) >/dev/null 2>&1 & exit 0`);
    await cell.waitFor('the reading program to open the port', () => (cell.unit.controls.dtr ? { value: true } : { saw: 'DTR is off' }), 10);
    await cell.unit.unplug();
    await cell.guest.run(`for i in $(seq 100); do [ -e /tmp/hwlab-reader ] && [ ! -e ${port} ] && exit 0; sleep 0.1; done
[ -e /tmp/hwlab-reader ] || echo 'the reading program hangs' >&2; [ ! -e ${port} ] || echo '${port} is still there' >&2; exit 1`);
    await cell.unit.plug();
    const again = await portOf(cell);
    expect(again, 'the node').to.equal(port);
    expect(await byIdLinks(cell, again), 'the links by serial number').to.deep.equal(before);
    const { dtrEdges } = cell.unit.controls;
    await cell.guest.run(`( exec 3<>${again} ); exit $?`);
    expect(cell.unit.controls.dtrEdges - dtrEdges, 'the board sees the port opened again').to.equal(1);
  });
});
