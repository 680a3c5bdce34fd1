import { expect } from 'chai';
import { findClearSecrets } from './clear-secrets.ts';

describe('secrets written in clear', () => {
  const rows: readonly [string, unknown, readonly string[]][] = [
    ['a password', { password: 'hunter2' }, ['password']],
    ['a number as a password', { password: 12345 }, ['password']],
    ['a list under a password', { password: ['hunter2'] }, ['password/0']],
    ['a word beside the reference', { password: { env: 'X', value: 'hunter2' } }, ['password/value']],
    ['a reference to the environment', { password: { env: 'LAB_PASSWORD' } }, []],
    ['a reference to a file', { password: { file: '/etc/hwlab/p' } }, []],
    ['a login in an address', { url: 'https://admin:hunter2@bmc/redfish' }, ['url']],
    ['an argument', { on: ['curl', '--data', 'password=hunter2', 'x'] }, ['on/2']],
    ['what follows an option', { on: ['ipmitool', '-U', 'admin', '-P', 'hunter2', 'chassis'] }, ['on/4']],
    ['words that are none', { name: 'The password lab', note: 'its secret is a good cable', port: 5 }, []],
  ];
  for (const [name, value, where] of rows) {
    it(name, () => {
      const { value: shown, found } = findClearSecrets({ machines: [value] });
      expect(found.map(({ path }) => path.join('/'))).to.deep.equal(where.map((path) => `machines/0/${path}`));
      if (where.length > 0) expect(JSON.stringify([shown, found])).not.to.match(/hunter2|12345/);
      else expect(shown).to.deep.equal({ machines: [value] });
    });
  }
});
