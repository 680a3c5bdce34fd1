import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { rerunCommand, shellWord } from './rerun-command.ts';

const cell = { id: 'debian-12/vm-basic/kyocera/printers', image: 'debian-12', machine: 'vm-basic', model: 'kyocera', device: 'kyocera-m2040dn', suite: 'printers', attachment: 'emulated' } as const;

describe('rerunCommand', () => {
  it('names the cell', () => {
    expect(rerunCommand(cell)).to.equal('./hwlab run --image debian-12 --device kyocera --suite printers');
  });

  it('names the machine and the transport where they are not the usual ones', () => {
    expect(rerunCommand({ ...cell, machine: 'vm-ehci', transport: 'usbip' })).to.equal('./hwlab run --image debian-12 --device kyocera --suite printers --machine vm-ehci --transport usbip');
  });

  it('names the personalities', () => {
    expect(rerunCommand({ ...cell, personalities: ['late', 'mute'] })).to.equal('./hwlab run --image debian-12 --device kyocera+late+mute --suite printers');
  });

  it('adds the test in quotes', () => {
    expect(rerunCommand(cell, 'prints one page')).to.equal('./hwlab run --image debian-12 --device kyocera --suite printers --test "prints one page"');
  });

  for (const hostile of ['$(touch /tmp/x)', '`id`', '"; rm -rf /', "it's", 'back\\slash', 'bang!', '-rf', '*', '']) {
    it(`hands ${JSON.stringify(hostile)} to a shell as one unchanged word`, () => {
      const said = execFileSync('sh', ['-c', `printf '[%s]' ${shellWord(hostile)}`], { encoding: 'utf8' });
      expect(said).to.equal(`[${hostile}]`);
    });
  }

  it('is one line whatever the title', () => {
    expect(shellWord('a\nb\u0007\u2028c')).to.equal('"a b c"');
  });
});
