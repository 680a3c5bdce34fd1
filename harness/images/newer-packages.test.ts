import { expect } from 'chai';
import { firstNewer } from './newer-packages.ts';

const table = `
       cups | 2.4.2-3+deb12u9 | http://mirror.example/debian-security bookworm-security/main amd64 Packages
       cups | 2.4.2-3+deb12u8 | http://mirror.example/debian bookworm/main amd64 Packages
      cups | 2.4.2-3+deb12u9 | http://mirror.example/debian bookworm/main Sources
linux-image-amd64 | 6.12.95-1~bpo12+1 | http://mirror.example/debian bookworm-backports/main amd64 Packages
linux-image-amd64 |  6.1.158-1 | http://mirror.example/debian bookworm/main amd64 Packages
       udev | 254.26-1~bpo12+1 | http://mirror.example/debian bookworm-backports/main amd64 Packages
       udev | 252.39-1~deb12u1 | http://mirror.example/debian bookworm/main amd64 Packages
`;
const newest = { 'cups': '2.4.2-3+deb12u9', 'linux-image-amd64': '6.12.95-1~bpo12+1', 'udev': '252.39-1~deb12u1' };
const backports = ['bookworm-backports'];

describe('newer packages', () => {
  it('are none where every package is the newest of its suite', () => {
    expect(firstNewer(table, newest, backports)).to.equal(undefined);
  });

  it('are told by name', () => {
    expect(firstNewer(table, { ...newest, cups: '2.4.2-3+deb12u8' }, backports)).to.equal('cups');
    expect(firstNewer(table, { ...newest, 'linux-image-amd64': '6.12.90-1~bpo12+1' }, backports)).to.equal('linux-image-amd64');
  });

  it('of backports are none of a release that does not follow them', () => {
    expect(firstNewer(table.replaceAll(/.*backports.*\n/g, ''), { ...newest, 'linux-image-amd64': '6.1.158-1' }, [])).to.equal(undefined);
    expect(firstNewer(table, { udev: '252.39-1~deb12u1' }, backports)).to.equal(undefined);
  });

  it('include those that are gone from the archive, since then something has changed', () => {
    expect(firstNewer(table, { ...newest, 'old-library': '1.0' }, backports)).to.equal('old-library');
    expect(firstNewer('', newest, backports)).to.equal('cups');
  });
});
