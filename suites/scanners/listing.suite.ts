import { expect, feature, suite, type MfpControls } from '../../harness/index.ts';
import { isOurs, listedByEsclDrivers, listedDevices, type ListedDevice } from './device-list.ts';
import { ready } from './scanner-cell.ts';

suite('scanners', () => {
  feature<MfpControls>(
    'scanning.listed',
    'scanimage -L lists the scanner with its model and by the driver for driverless scanners',
    async (cell) => {
      await ready(cell);
      const ours = (await listedDevices(cell)).filter((device) => isOurs(cell, device));
      await cell.attach('scanimage -L', ours.map((device) => `${device.name} | ${device.vendor} | ${device.model}\n`).join(''), 'text/plain');
      expect(ours.map((device) => device.name.split(':')[0])).to.include('airscan');
    },
    { within: 30 },
  );

  feature<MfpControls>(
    'scanning.listed-once',
    'the scanner is listed only once, also when the two drivers for driverless scanners are asked twice more, so that nobody has to choose between two names of it',
    async (cell) => {
      await ready(cell);
      const namesOf = (devices: readonly ListedDevice[]): string[] => devices.filter((device) => isOurs(cell, device)).map((device) => device.name);
      const names = namesOf(await listedDevices(cell));
      // Both drivers look the network up in their own time: a listing that has one name does not prove that the next has.
      for (let again = 0; again < 2 && names.length < 2; again += 1) names.push(...namesOf(await listedByEsclDrivers(cell)).filter((name) => !names.includes(name)));
      expect(names).to.have.length(1);
    },
    { within: 30 },
  );
});
