import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import type { EmulatedModel } from '../../harness/emulation/usb-device.ts';

/** `hwlab model import` as a person meets it. */
describe('hwlab model import', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab import '));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(content: string, ...args: readonly string[]): { readonly code: number | null; readonly stdout: string; readonly stderr: string } {
    const file = join(folder, 'capture.txt');
    writeFileSync(file, content);
    const { status, stdout, stderr } = spawnSync(join(projectRoot, 'hwlab'), ['model', 'import', file, ...args], { encoding: 'utf8', timeout: 50_000 });
    return { code: status, stdout, stderr };
  }

  const id = 'MFG:ACME;MDL:Laser 9;CMD:PCL;SN:AB123456;\n';

  it('writes a model and says what it assumed', () => {
    const out = join(folder, 'out');
    const said = run(id, '--out', out);
    expect(said.code, said.stderr).to.equal(0);
    expect(said.stdout).to.contain('assumed: the USB descriptors are made up').and.to.contain('serial number of the captured unit is replaced');
    expect(readdirSync(out).sort()).to.deep.equal(['acme-laser-9.device.json', 'acme-laser-9.json']);
    expect((JSON.parse(readFileSync(join(out, 'acme-laser-9.json'), 'utf8')) as EmulatedModel).behaviour['deviceId']).to.equal('MFG:ACME;MDL:Laser 9;CMD:PCL;SN:XX000001;');
  });

  it('prints the model with --out -, and nothing is written with --dry-run', () => {
    const printed = run(id, '--out', '-');
    expect((JSON.parse(printed.stdout) as EmulatedModel).emulator).to.equal('usb-printer');
    const dry = run(id, '--dry-run', '--out', join(folder, 'none'));
    expect(dry.stdout).to.match(/^would write /);
    expect(readdirSync(folder)).to.deep.equal(['capture.txt']);
  });

  it('ends with 2 at a file that cannot be used, and says where, also in JSON', () => {
    const out = join(folder, 'out');
    const said = run('Device Descriptor:\n  bLength 18\n  bDescriptorType 1\n', '--out', out, '--json');
    expect(said.code).to.equal(2);
    const { error } = JSON.parse(said.stdout) as { error: { code: string; facts: Record<string, unknown> } };
    expect(error.code).to.equal('capture-cut-off');
    expect(error.facts['line']).to.be.a('number');
    expect(readdirSync(folder)).to.deep.equal(['capture.txt']);
    expect(run('no capture at all\n').stderr).to.contain('none of the forms that can be imported');
    expect(run(id, '--as', 'picture').code).to.equal(2);
  });
});
