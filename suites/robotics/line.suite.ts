import { expect, feature, suite, type ArduinoUnoControls, type UsbSerialControls } from '../../harness/index.ts';
import { byIdLinks, chipOf, conversation, portOf } from './board-cell.ts';
import { expectSameBytes, pattern } from './bytes.ts';
import { sleepAndWake } from './machine-sleep.ts';
import { sendBreak, watchModemLines } from './modem-lines.ts';

const none = { cts: false, dsr: false, ri: false, dcd: false };

/** States of the lines that a computer reads; RI without a neighbour, as some drivers only count its edges. */
const states = [{ ...none, cts: true }, { ...none, dsr: true, dcd: true }, { ...none, ri: true }, { cts: true, dsr: true, ri: true, dcd: true }, none];

suite('robotics', () => {
  feature<UsbSerialControls>('serial.modem-lines', 'CTS, DSR, RI and DCD are reported to a program as the board drives them', async (cell) => {
    if (chipOf(cell.unit) === 'uno') cell.skip('an adapter with modem lines');
    const port = await portOf(cell);
    for (const state of states) {
      const active = Object.entries(state).filter(([, on]) => on).map(([name]) => name).sort().join(',');
      cell.unit.controls.modem = state;
      const { stdout } = await cell.guest.run(`python3 - ${port} "${active}" 5`, { input: watchModemLines });
      expect(stdout.trim(), 'active lines as TIOCMGET reports them').to.equal(active);
    }
  });

  feature<UsbSerialControls>('serial.break', 'a break that a program sends reaches the board, and ends', async (cell) => {
    const port = await portOf(cell);
    await cell.guest.run(`python3 - ${port}`, { input: sendBreak });
    if (chipOf(cell.unit) === 'uno') {
      expect(cell.unit.controls.breaks, 'durations that the board was told; 65535 begins a break, 0 ends it').to.deep.equal([65_535, 0]);
    } else {
      expect({ count: cell.unit.controls.breakCount, still: cell.unit.controls.breaking }).to.deep.equal({ count: 1, still: false });
    }
  });

  feature<ArduinoUnoControls>(
    'serial.autosuspend',
    'a board that the kernel has put to sleep wakes up when its port is opened, and what is written arrives',
    async (cell) => {
      const port = await portOf(cell);
      const sysfs = await cell.unit.sysfs();
      const { stdout: state } = await cell.guest.run(`echo 2000 >${sysfs}/power/autosuspend_delay_ms && echo auto >${sysfs}/power/control
i=0; while [ "$(cat ${sysfs}/power/runtime_status)" != suspended ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done; cat ${sysfs}/power/runtime_status`);
      expect(state.trim(), 'power state of the board 10 s after nobody used it').to.equal('suspended');
      const { stdout } = await cell.guest.run(conversation(cell.unit, port, 'printf awake-again >&3; timeout 10 head -c 11 <&3'));
      expect(stdout).to.equal('awake-again');
    },
    { within: 40 },
  );

  feature<ArduinoUnoControls>(
    'serial.resume',
    'after the whole machine has slept the board is there under its names, and what is written arrives',
    async (cell) => {
      const port = await portOf(cell);
      const before = await byIdLinks(cell, port);
      await sleepAndWake(cell);
      expect(await portOf(cell), 'the node').to.equal(port);
      expect(await byIdLinks(cell, port), 'the links by serial number').to.deep.equal(before);
      const { stdout } = await cell.guest.run(conversation(cell.unit, port, 'printf good-morning >&3; timeout 10 head -c 12 <&3'));
      expect(stdout).to.equal('good-morning');
    },
    { within: 60 },
  );

  feature<ArduinoUnoControls>(
    'serial.echo-long',
    '1 MiB with every byte value goes to the board and comes back, none lost, doubled or changed',
    async (cell) => {
      const port = await portOf(cell);
      const sent = pattern(1_048_576, 1024);
      await cell.guest.putFile('/tmp/hwlab-echo.in', sent);
      await cell.guest.run(
        conversation(
          cell.unit,
          port,
          `timeout 100 head -c ${sent.length} <&3 >/tmp/hwlab-echo.out & reader=$!
timeout 100 cat /tmp/hwlab-echo.in >&3
wait $reader`,
        ),
        { within: 120 },
      );
      expectSameBytes('what the board got', cell.unit.controls.received(), sent);
      expectSameBytes('what came back', await cell.guest.getFile('/tmp/hwlab-echo.out'), sent);
    },
    { within: 120 },
  );

  feature<UsbSerialControls>('serial.strange-answers', 'an adapter that refuses or cuts short an answer of its own protocol does no harm to the kernel, and a sound one works after it', async (cell) => {
    const chip = chipOf(cell.unit);
    if (chip === 'uno') return cell.skip('an adapter with requests of its own');
    const asked = { ch340: ['c05f', 'c095'], ft232r: ['c005', 'c00a'], cp210x: ['c0ff', 'c114'] }[chip];
    for (const quirks of [{ stalls: asked }, { shortens: asked }]) {
      const strange = await cell.plugAnother((model) => ({ ...model, behaviour: { ...model.behaviour, quirks } }));
      const sysfs = await strange.sysfs();
      const { stdout } = await cell.guest.run(`udevadm settle -t 10; for tty in ${sysfs}/*/ttyUSB*; do [ -c "/dev/\${tty##*/}" ] || continue; timeout 10 sh -c "exec 3</dev/\${tty##*/}" 2>&1; done; true`);
      await cell.attach(`opening the port with ${JSON.stringify(quirks)}`, stdout, 'text/plain');
      await strange.unplug();
    }
    const log = await cell.guest.kernelLog();
    await cell.attach('kernel log', log, 'text/plain');
    expect(log).not.to.match(/\bBUG:|Oops|general protection|Call Trace|WARNING: CPU/);
    const port = await portOf(cell);
    const { stdout } = await cell.guest.run(conversation(cell.unit, port, 'printf sound >&3; timeout 10 head -c 5 <&3'));
    expect(stdout).to.equal('sound');
  });

  feature<UsbSerialControls>(
    'serial.reopen-often',
    'a port that is opened and closed two hundred times still works, the board saw each opening, and the kernel has nothing to complain of',
    async (cell) => {
      const port = await portOf(cell);
      const before = cell.unit.controls.dtrEdges;
      const started = performance.now();
      await cell.guest.run(`( for i in $(seq 200); do exec 3<>${port} || exit 1; exec 3>&-; done ); exit $?`, { within: 60 });
      cell.measure('serial.reopen-often.ms', Math.round(performance.now() - started));
      expect(cell.unit.controls.dtrEdges - before, 'openings that the board saw').to.equal(200);
      const { stdout } = await cell.guest.run(conversation(cell.unit, port, 'printf still-there >&3; timeout 10 head -c 11 <&3'));
      expect(stdout).to.equal('still-there');
      expect(await cell.guest.kernelLog()).not.to.match(/\bBUG:|Oops|general protection|Call Trace|WARNING: CPU|urb.*(leak|failed)|-ENOMEM/);
    },
    { within: 90 },
  );
});
