import { expect, feature, suite, type ArduinoUnoControls } from '../../harness/index.ts';
import { chipOf, driversOf, portAsItIs, portOf, schoolUser } from './board-cell.ts';
import { letModemServiceLook } from './modem-service.ts';
import { isActive, startBraille } from './services.ts';

/** Seconds in which the braille service has always been seen to take an adapter, with room. */
const brailleLooksFor = 12;
suite('robotics', () => {
  feature<ArduinoUnoControls>('policy.braille', 'the braille service of the image does not take the serial adapter of a board away from the kernel driver', async (cell) => {
    await startBraille(cell);
    if (!(await isActive(cell, 'brltty.service'))) cell.skip('a braille service on the image');
    await cell.unit.unplug();
    await cell.unit.plug();
    const sysfs = await cell.unit.sysfs();
    const wanted = driversOf[chipOf(cell.unit)][0];
    const { stdout } = await cell.guest.run(`driver() { basename "$(readlink ${sysfs}/*:1.0/driver)"; }
end=$(($(date +%s) + 8)); while [ "$(driver)" != ${wanted} ] && [ $(date +%s) -lt $end ]; do sleep 0.1; done
end=$(($(date +%s) + ${brailleLooksFor})); while [ "$(driver)" = ${wanted} ] && [ $(date +%s) -lt $end ]; do sleep 0.1; done; driver`);
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
      await letModemServiceLook(cell, portAsItIs);
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
