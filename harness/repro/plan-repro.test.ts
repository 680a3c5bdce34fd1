import { expect } from 'chai';
import { exampleResult } from '../db/example-result.ts';
import type { Cell } from '../run/cell.ts';
import type { Result } from '../db/generated/result.ts';
import { loadCatalogue, type Catalogue } from '../run/catalogue.ts';
import { makeCell } from '../run/plan.ts';
import { parseOverrides } from './overrides.ts';
import { cellAgain, differences, type Here } from './plan-repro.ts';

describe('a result planned again', function () {
  this.timeout(20_000);
  let catalogue: Catalogue;
  let was: Result;
  let here: Here;

  before(async () => {
    catalogue = await loadCatalogue(['debian-12', 'debian-13']);
    const cell = makeCell({ image: 'debian-12', machine: 'vm-basic', model: 'arduino-uno-r3', personalities: ['board-no-dtr-reset'], suite: 'robotics' }, 1, catalogue);
    const base = exampleResult();
    was = exampleResult({
      cell: cell.id,
      selection: 'signature',
      environment: { ...base.environment, modelSha256: cell.modelSha256, suiteRevision: cell.suiteRevision, packages: { avrdude: '7.1' }, qemu: '7.2', harness: 'hwlab 1', accelerator: 'tcg' },
      manifest: { purpose: 'night', transport: 'usb-redir', patience: 4, limitSeconds: 1920, seed: 7, ...(cell.machineSha256 === undefined ? {} : { machineSha256: cell.machineSha256 }), ...(cell.profileSha256 === undefined ? {} : { profileSha256: cell.profileSha256 }), features: ['programming.signature'], stopAfterFailures: 2 },
    });
    here = { imageSha256: was.environment.imageSha256, packages: { avrdude: '7.1' }, accelerator: 'tcg', qemu: '7.2', harness: 'hwlab 1' };
  });

  it('is the same cell, with its seed, patience, selection and quirks, and is not tried twice', async () => {
    const cell = await cellAgain(was, parseOverrides([]), undefined, catalogue);
    expect(cell.id).to.deep.equal(was.cell);
    expect(cell).to.include({ seed: 7, patience: 4, grep: 'signature', stopAfterFailures: 2, once: true });
    expect(cell.features).to.deep.equal(['programming.signature']);
    expect(differences(was, cell, parseOverrides([]), here)).to.deep.equal([]);
  });

  it('says all that is not as it was, and what a person asked for', async () => {
    const overrides = parseOverrides(['machine=vm-uefi', 'seed=8', 'kernel=quiet']);
    const cell = await cellAgain(was, overrides, undefined, catalogue);
    const other: Here = { imageSha256: 'f'.repeat(64), packages: { avrdude: '8.0', cups: '2' }, accelerator: 'kvm', qemu: '9.0', harness: 'hwlab 2' };
    const said = differences({ ...was, environment: { ...was.environment, suiteRevision: '0'.repeat(16) } }, cell, overrides, other).map(({ what, asked }) => `${what}${asked ? ' asked' : ''}`);
    expect(said).to.include.members(['machine asked', 'machine profile asked', 'image hash', 'suite revision', 'accelerator', 'QEMU', 'harness', 'seed asked', 'kernel parameters asked', 'package avrdude', 'package cups']);
  });

  it('says that a real device is an emulated one now, and that a cassette was asked for', async () => {
    const cell = await cellAgain(was, parseOverrides([]), undefined, catalogue);
    const real: Result = { ...was, cell: { ...was.cell, attachment: 'redirected' } };
    expect(differences(real, cell, parseOverrides([]), here)).to.deep.equal([{ what: 'attachment', was: 'redirected', is: 'emulated', asked: false }]);
    const played: Cell = { ...cell, id: { ...cell.id, attachment: 'replayed' }, tape: { play: 'unit.cassette', mode: 'strict' } };
    expect(differences(was, played, parseOverrides([]), here)).to.deep.equal([{ what: 'attachment', was: 'emulated', is: 'replayed', asked: true }]);
  });

  it('says an image that is gone', async () => {
    const cell = await cellAgain(was, parseOverrides([]), undefined, catalogue);
    expect(differences(was, cell, parseOverrides([]), { ...here, imageSha256: undefined }).map(({ what, is }) => `${what} ${is}`)).to.deep.equal(['image hash gone']);
  });

  it('breaks the device again as the negative control did', async () => {
    const control: Result = { ...was, cell: { ...was.cell, id: `${was.cell.id}#silent-boot-loader` } };
    const cell = await cellAgain(control, parseOverrides(['personality=none']), undefined, catalogue);
    expect(cell).to.include({ control: 'silent-boot-loader' });
    expect(cell.model.behaviour['bootloader']).to.include({ answers: false });
  });

  it('is refused for a machine that there is not, before anything starts', async () => {
    const thrown = await cellAgain(was, parseOverrides(['machine=vm-nowhere']), undefined, catalogue).catch((error: unknown) => error);
    expect(thrown).to.include({ code: 'unknown-machine', blame: 'usage' });
  });
});
