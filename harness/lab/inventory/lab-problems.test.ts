import { expect } from 'chai';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { readDataFile } from '../../db/load-data-file.ts';
import { labProblems } from './lab-problems.ts';
import { loadLab, readLab } from './read-lab.ts';
import { fileModeProblems } from './secret-files.ts';

const example = join(projectRoot, 'fixtures/lab/bench.yaml');

describe('the lab file', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-lab-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The problems of the example with one text for another. */
  async function changed(...edits: readonly (readonly [string | RegExp, string])[]): Promise<readonly string[]> {
    const file = join(folder, 'lab.yaml');
    let text = await readDataFile(example);
    for (const [from, to] of edits) {
      const next = text.replace(from, to);
      expect(next, `the example has no ${String(from)}`).not.to.equal(text);
      text = next;
    }
    writeFileSync(file, text);
    const read = await readLab(file);
    const all = [...read.problems, ...(read.lab ? labProblems(read.lab, file, read.parsed, { devices: new Set(['arduino-uno-r3', 'hp-laserjet-p1102', 'kyocera-ecosys-m2040dn']) }) : [])];
    return all.map(({ line, message, severity, advice }) => `${line}: ${severity}: ${message}${advice === undefined ? '' : ` (${advice})`}`);
  }

  it('the example is sound', async () => {
    const lab = await loadLab(example);
    expect(lab.machines.map(({ id }) => id)).to.deep.equal(['laptop-7', 'aio-3', 'metal-sim']);
    expect(await changed(['Example bench', 'Another'])).to.deep.equal([]);
  });

  const rows: readonly [string, readonly (readonly [string | RegExp, string])[], RegExp][] = [
    ['a MAC address twice', [['3c:52:82:00:00:03', '3c:52:82:00:00:07']], /^65: error: \/machines\/1\/network\/0\/mac: MAC address 3c:52:82:00:00:07 is given twice \(first at \/machines\/0\/network\/0\/mac\)$/],
    ['the address of a group', [['3c:52:82:00:00:03', '3d:52:82:00:00:03']], /is the address of a group/],
    ['a machine that cannot be started', [['    boot:\n      type: ipmi\n      host: 10.78.0.10\n      user: admin\n      password: { env: HWLAB_SIM_PASSWORD }\n', '']], /warning: .*machine metal-sim has no boot, so no image can be started on it/],
    ['a station that boots nothing', [[/    netboot: .*\n/, '']], /warning: .*station bench-1 has no netboot, so no image can be started on laptop-7/],
    ['a machine that nobody gives an address', [['        address: 10.77.0.103\n', '']], /error: .*aio-3 has no address, and nobody but bench-1 gives it one/],
    ['an outlet twice', [['outlet: strip-1/2', 'outlet: strip-1/1']], /outlet strip-1\/1 is given twice/],
    ['an outlet that feeds a hub too', [['outlet: strip-1/2', 'outlet: strip-1/7']], /outlet strip-1\/7 is given twice/],
    ['an outlet that is not there', [['outlet: strip-1/2', 'outlet: strip-1/9']], /strip strip-1 has only 8 outlets/],
    ['a strip that is not there', [['outlet: strip-1/2', 'outlet: strip-2/2']], /there is no strip "strip-2" \(did you mean "strip-1"\?\)/],
    ['a USB port twice', [['port: hub-1/2', 'port: hub-1/1']], /USB port hub-1\/1 is given twice/],
    ['a port of a switch twice', [['port: lan-1/2', 'port: lan-1/1']], /port of a switch lan-1\/1 is given twice/],
    ['an unknown station', [['station: bench-1\n    path', 'station: bench-2\n    path']], /there is no station "bench-2"/],
    ['a serial twice', [['serial: 000000000Q8D9XVKPR1a', 'serial: "75830303934351F01290"'], ['usb: 03f0:002a', 'usb: 2341:0043']], /serial 75830303934351F01290 of 2341:0043 is given twice/],
    ['two machines behind one controller', [['host: 10.78.0.2\n      port: 4003', 'host: 10.78.0.2\n      port: 4007']], /controller 10\.78\.0\.2 4007 as console is given twice/],
    ['a machine twice', [['id: aio-3', 'id: laptop-7']], /machine laptop-7 is given twice/],
    ['a unit that hangs nowhere', [['    address: 10.77.0.201\n', '']], /warning: .*unit mfp-2 hangs nowhere/],
    ['a unit in two places', [['port: hub-1/1', 'port: hub-1/1\n    address: 10.77.0.9']], /hangs in 2 places/],
    ['an unknown device', [['model: arduino-uno-r3', 'model: arduino-uno-r4']], /warning: .*there is no device "arduino-uno-r4".*did you mean "arduino-uno-r3"/],
    ['a hub nowhere', [['    station: bench-1\n    path: 1-1\n', '']], /hangs on a station or on a machine/],
    ['an unknown property', [['kind: laptop', 'kind: laptop\n    colour: grey']], /\/machines\/0\/colour: expected one of the properties/],
    ['a power that misses its user', [['type: ipmi\n      host: 10.78.0.10\n      user: admin', 'type: ipmi\n      host: 10.78.0.10']], /\/machines\/2\/power: expected property "user"/],
    ['another kind of power', [['type: pdudaemon', 'type: pdudemon']], /expected one of ipmi, redfish, .*did you mean "pdudaemon"/],
    ['a secret', [['{ env: HWLAB_SIM_PASSWORD }', 'hunter22']], /a secret written in clear/],
  ];
  for (const [name, edits, expected] of rows) {
    it(`names ${name}, with line and pointer`, async () => {
      const found = await changed(...edits);
      expect(found.join('\n')).to.match(new RegExp(expected.source, 'm'));
      expect(found.join('\n')).not.to.include('hunter22');
    });
  }

  it('a file that is wrong is not used, and the first reason is said', async () => {
    const file = join(folder, 'lab.yaml');
    writeFileSync(file, 'schema: hwlab/lab/1\nname: x\nstations: []\nmachines: []\n');
    const error: unknown = await loadLab(file).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'lab-invalid', blame: 'usage' });
  });

  it('secrets that others may read, and a file that others may write', async () => {
    const [file, secret] = [join(folder, 'lab.yaml'), join(folder, 'secret')];
    writeFileSync(file, (await readDataFile(example)).replaceAll('/etc/hwlab/laptop-7.password', secret));
    writeFileSync(secret, 'x');
    chmodSync(secret, 0o644);
    chmodSync(file, 0o666);
    const { lab, parsed } = await readLab(file);
    if (!lab) throw new Error('the example is broken');
    expect((await fileModeProblems(lab, file, parsed)).map(({ line, severity }) => `${line} ${severity}`)).to.deep.equal(['1 error', '44 error']);
    chmodSync(secret, 0o600);
    chmodSync(file, 0o644);
    expect(await fileModeProblems(lab, file, parsed)).to.deep.equal([]);
    rmSync(secret);
    expect((await fileModeProblems(lab, file, parsed)).map(({ severity }) => severity)).to.deep.equal(['warning']);
  });
});
