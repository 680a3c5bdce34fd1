import { expect, feature, suite, type MicropythonHubControls } from '../../harness/index.ts';
import { letModemServiceLook } from '../robotics/modem-service.ts';
import { linksTo, portOf, speak } from './hub-cell.ts';

/** What a first lesson has: names, sums, a loop. */
const lesson = `import hub
number = 6 * 7
print("The answer is", number)
for step in range(100):
    print("step", step + 1, "of a robot that has", number, "steps to go")
`;
const answer = ['The answer is 42', ...Array.from({ length: 100 }, (_, step) => `step ${step + 1} of a robot that has 42 steps to go`), ''].join('\r\n');

suite('robotics-hub', () => {
  feature<MicropythonHubControls>('hub.port', "the kernel makes a serial port of the hub with its own driver for modems' serial ports", async (cell) => {
    const port = await portOf(cell);
    const sysfs = await cell.unit.sysfs();
    const { stdout } = await cell.guest.run(`for interface in ${sysfs}/*:*; do basename "$(readlink "$interface/driver")"; done`);
    expect(stdout.trim().split('\n'), 'drivers of the interfaces').to.deep.equal(['cdc_acm', 'cdc_acm']);
    expect(port).to.match(/^\/dev\/ttyACM\d+$/);
  });

  feature<MicropythonHubControls>('hub.name', 'a link under /dev/serial/by-id names the hub by maker, product and serial number', async (cell) => {
    const { manufacturer = '', product = '', serial = '' } = cell.unit.model.usb.strings;
    const name = `${manufacturer}_${product}_${serial}`.replaceAll(/[ /]/g, '_');
    expect(await linksTo(cell, await portOf(cell))).to.deep.equal([`/dev/serial/by-id/usb-${name}-if00`]);
  });

  feature<MicropythonHubControls>('hub.user-access', 'a pupil may open the port for reading and writing', async (cell) => {
    const port = await portOf(cell);
    const { exitCode, stderr } = await cell.guest.run(`runuser -u "$(getent passwd 1000 | cut -d: -f1)" -- sh -c 'exec 3<>${port}' || { ls -l ${port} >&2; exit 1; }`, { accept: [0, 1, 2] });
    expect(exitCode, `the pupil opens ${port}: ${stderr}`).to.equal(0);
    expect(cell.unit.controls.dtrEdges, 'times the hub saw the port opened').to.equal(1);
  });

  feature<MicropythonHubControls>('hub.prompt', 'the program that runs on the hub is interrupted, and the prompt says which hub it is', async (cell) => {
    const said = await speak(cell, 'prompt');
    await cell.attach('what the hub says', said, 'text/plain');
    expect(said).to.contain(String(cell.unit.model.behaviour['banner']));
    expect(cell.unit.controls.mode).to.equal('friendly');
  });

  feature<MicropythonHubControls>('hub.program', 'a program that is sent as tools send it runs on the hub, and its output comes back whole', async (cell) => {
    expect(await speak(cell, 'raw', lesson)).to.equal(answer);
    expect(cell.unit.controls.programs, 'programs that the hub ran').to.equal(1);
  });

  feature<MicropythonHubControls>('hub.paste', 'a program that is pasted at the prompt runs on the hub, and its output comes back', async (cell) => {
    const said = await speak(cell, 'paste', lesson);
    expect(said.slice(-answer.length)).to.equal(answer);
  });

  feature<MicropythonHubControls>('hub.error', 'of a program with a mistake the traceback comes back, and the hub takes the next one', async (cell) => {
    const mistake = await speak(cell, 'raw', 'print("before")\nprint(nobody)\n');
    expect(mistake).to.match(/^before\r\n.*line 2.*NameError/s);
    expect(await speak(cell, 'raw', 'print("after")\n')).to.equal('after\r\n');
  });

  feature<MicropythonHubControls>(
    'hub.left-alone',
    'the modem service of the image neither opens the port of the hub nor writes to it in the 30 s after the plug',
    async (cell) => {
      await portOf(cell);
      await letModemServiceLook(cell, portOf);
      const { dtrEdges, receivedBytes } = cell.unit.controls;
      expect({ dtrEdges, receivedBytes }).to.deep.equal({ dtrEdges: 0, receivedBytes: 0 });
    },
    { within: 60 },
  );

  feature<MicropythonHubControls>('hub.replug', 'unplugged while a program listens, the port ends cleanly; plugged in again it has the same names, and the prompt answers', async (cell) => {
    const port = await portOf(cell);
    const before = await linksTo(cell, port);
    await cell.guest.run(`rm -f /tmp/hwlab-listener; ( exec 3<>${port}; stty raw -echo <&3; cat <&3; echo ended >/tmp/hwlab-listener ) >/dev/null 2>&1 & exit 0`);
    await cell.waitFor('the listening program to open the port', () => (cell.unit.controls.dtrEdges > 0 ? { value: true } : { saw: 'DTR is off' }), 10);
    await cell.unit.unplug();
    await cell.guest.run(`for i in $(seq 100); do [ -e /tmp/hwlab-listener ] && [ ! -e ${port} ] && exit 0; sleep 0.1; done; echo 'the program hangs, or ${port} is still there' >&2; exit 1`);
    await cell.unit.plug();
    expect(await portOf(cell), 'the node').to.equal(port);
    expect(await linksTo(cell, port), 'the names').to.deep.equal(before);
    expect(await speak(cell, 'raw', 'print("back")\n')).to.equal('back\r\n');
  }, { within: 60 });
});
