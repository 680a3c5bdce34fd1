import { expect, feature, suite, type ArduinoUnoControls } from '../../harness/index.ts';
import { chipOf, driversOf, portAsItIs, portOf, schoolUser } from './board-cell.ts';
import { isActive, startBraille } from './services.ts';

/** Seconds in which the braille service has always been seen to take an adapter, with room. */
const brailleLooksFor = 12;
/** Seconds after a plug in which a modem service must stay silent. */
const modemLooksFor = 30;

suite('robotics', () => {
  feature<ArduinoUnoControls>('policy.braille', 'the braille service of the image does not take the serial adapter of a board away from the kernel driver', async (cell) => {
    await startBraille(cell);
    if (!(await isActive(cell, 'brltty.service'))) cell.skip('a braille service on the image');
    await cell.unit.unplug();
    await cell.unit.plug();
    const sysfs = await cell.unit.sysfs();
    const wanted = driversOf[chipOf(cell.unit)][0];
    const { stdout } = await cell.guest.run(`driver() { basename "$(readlink ${sysfs}/*:1.0/driver)"; }
i=0; while [ "$(driver)" != ${wanted} ] && [ $i -lt 80 ]; do sleep 0.1; i=$((i+1)); done
i=0; while [ "$(driver)" = ${wanted} ] && [ $i -lt ${brailleLooksFor * 10} ]; do sleep 0.1; i=$((i+1)); done; driver`);
    const log = await cell.guest.kernelLog();
    await cell.attach('kernel log', log, 'text/plain');
    const claimed = /usbfs: interface \d+ claimed by \w+ while 'brltty' sets config/.exec(log)?.[0];
    expect(stdout.trim(), `driver of the interface ${brailleLooksFor} s after the plug; the kernel says: ${claimed ?? 'nothing of brltty'}`).to.equal(wanted);
  });

  feature<ArduinoUnoControls>(
    'policy.modem-service',
    'the modem service of the image sends no AT command to a board in the 30 s after it was plugged in, and does not open its port',
    async (cell) => {
      await portOf(cell);
      if (!(await isActive(cell, 'ModemManager.service'))) cell.skip('a modem service on the image');
      await cell.unit.unplug();
      cell.unit.controls.reset();
      const { stdout: before } = await cell.guest.run('date +%s');
      await cell.unit.plug();
      const port = await portAsItIs(cell);
      const sysfs = await cell.unit.sysfs();
      // Ends when the service says that it has examined the device; a service that leaves it alone says nothing, and the whole time is waited.
      const { stdout } = await cell.guest.run(`physical=$(readlink -f ${sysfs}); i=0
while [ $i -lt ${modemLooksFor} ]; do journalctl -q -o cat -u ModemManager --since "@${before.trim()}" | grep -F "$physical" && break; sleep 1; i=$((i+1)); done; true`);
      await cell.attach('what the modem service says', stdout, 'text/plain');
      const properties = await cell.guest.run(`udevadm info -q property -n ${port} | grep -E '^ID_MM' ; true`);
      await cell.attach('udev properties for the modem service', properties.stdout, 'text/plain');
      const { dtrEdges, receivedBytes } = cell.unit.controls;
      const text = Buffer.from(cell.unit.controls.received()).toString('latin1').slice(0, 80);
      expect({ dtrEdges, receivedBytes }, `openings and bytes that reached the board ("${text}")`).to.deep.equal({ dtrEdges: 0, receivedBytes: 0 });
    },
    { within: 60 },
  );

  feature<ArduinoUnoControls>('policy.user-rights', 'a pupil may use the port because of a group or an access list, and other users may not', async (cell) => {
    const port = await portOf(cell);
    const user = await schoolUser(cell);
    const { stdout: mode } = await cell.guest.run(`stat -c '%a %U %G' ${port}`);
    await cell.attach('rights', mode, 'text/plain');
    const tries = await cell.guest.run(`runuser -u ${user} -- sh -c 'test -r ${port} && test -w ${port}'; echo $?; setpriv --reuid 65534 --regid 65534 --clear-groups sh -c 'test -r ${port} || test -w ${port}'; echo $?`);
    expect(tries.stdout.trim().split('\n'), `rights ${mode.trim()}: 0 for the pupil, 1 for nobody`).to.deep.equal(['0', '1']);
  });
});
