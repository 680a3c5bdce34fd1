import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../base/places.ts';
import { loadMachineProfile } from './machine-profile.ts';
import { profileMatrix } from './profile-matrix.ts';

describe('the matrix of machine profiles', () => {
  it('has both firmwares, both kinds of USB, one and two screens among the profiles of the database', async () => {
    const ids = readdirSync(join(projectRoot, 'hardware-db/machines')).map((file) => basename(file, '.json'));
    const rows = profileMatrix(await Promise.all(ids.map(loadMachineProfile)));
    expect(rows.map(({ firmware, usb }) => `${firmware} ${usb}`)).to.deep.equal(['BIOS xHCI', 'BIOS EHCI + UHCI', 'UEFI xHCI', 'UEFI EHCI + UHCI']);
    const filled = (wanted: Record<string, string>, column?: string): boolean =>
      rows.some((row) => Object.entries(wanted).every(([name, value]) => row[name] === value) && (column === undefined ? ['no screen', '1 screen', '2 screens'] : [column]).some((name) => row[name] !== '-'));
    for (const wanted of [{ firmware: 'BIOS' }, { firmware: 'UEFI' }, { usb: 'xHCI' }, { usb: 'EHCI + UHCI' }]) expect(filled(wanted), JSON.stringify(wanted)).to.equal(true);
    for (const screens of ['no screen', '1 screen', '2 screens']) expect(filled({}, screens), screens).to.equal(true);
    expect(rows.flatMap((row) => Object.values(row).slice(2).filter((cell) => cell !== '-').flatMap((cell) => cell.split(', '))).sort()).to.deep.equal(ids.sort());
  });
});
