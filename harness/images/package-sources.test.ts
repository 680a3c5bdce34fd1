import { expect } from 'chai';
import { debianSources } from './package-sources.ts';

const list = (address: string, suite: string, component = 'main') => ({ address, suite, component });

describe('debianSources', () => {
  const lists = [
    list('https://vendor.example/apt', 'nodistro'),
    list('http://mirror.example/debian/', 'bookworm', 'contrib'),
    list('http://mirror.example/debian/', 'bookworm'),
    list('http://mirror.example/debian/', 'bookworm-updates'),
    list('http://mirror.example/debian-security/', 'bookworm-security'),
  ];

  it('takes archive and security from the host', () => {
    expect(debianSources(lists, 'bookworm')).to.deep.equal([
      'deb http://mirror.example/debian/ bookworm main',
      'deb http://mirror.example/debian/ bookworm-updates main',
      'deb http://mirror.example/debian-security/ bookworm-security main',
    ]);
  });

  it('takes another release from the same mirrors', () => {
    expect(debianSources(lists, 'trixie')).to.deep.equal([
      'deb http://mirror.example/debian/ trixie main',
      'deb http://mirror.example/debian/ trixie-updates main',
      'deb http://mirror.example/debian-security/ trixie-security main',
    ]);
  });

  it('takes a further suite from the mirror that has it, or from that of the release', () => {
    expect(debianSources(lists, 'bookworm', ['bookworm-backports']).at(-1)).to.equal('deb http://mirror.example/debian/ bookworm-backports main');
    const own = [...lists, list('http://backports.example/debian/', 'bookworm-backports')];
    expect(debianSources(own, 'bookworm', ['bookworm-backports']).at(-1)).to.equal('deb http://backports.example/debian/ bookworm-backports main');
  });

  it('does without a security archive', () => {
    expect(debianSources([list('file:/srv/debian', 'stable')], 'bookworm')).to.have.length(2);
  });

  it('says so where the host knows no Debian', () => {
    expect(() => debianSources([list('http://archive.example/ubuntu', 'noble')], 'bookworm')).to.throw('knows no Debian archive').with.property('code', 'no-package-mirror');
  });

  it('takes no line that could smuggle an option in', () => {
    expect(() => debianSources([list('[trusted=yes] http://evil.example', 'bookworm')], 'bookworm')).to.throw().with.property('code', 'no-package-mirror');
  });
});
