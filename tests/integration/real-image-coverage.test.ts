import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { parseAsked } from '../../harness/db/coverage/ask.ts';
import { CoverageLookup } from '../../harness/db/coverage/coverage-lookup.ts';
import { diffCoverage } from '../../harness/db/coverage/diff-coverage.ts';
import { openSystem } from '../../harness/images/disk/open-system.ts';
import { imageCoverage } from '../../harness/images/coverage/image-coverage.ts';
import { buildImage } from '../../harness/images/build-image.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { findProgram } from '../../harness/setup/host-requirements.ts';
import { longRun } from './long-run.ts';

/** A second image takes minutes to build on a bare machine, so it is for the long run. */
const images: readonly string[] = longRun ? ['debian-12', 'debian-13'] : ['debian-12'];

describe('the coverage of the real images', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  before(async function () {
    this.timeout(30 * 60_000);
    for (const id of images) await buildImage(id, { deadline: Deadline.after(25 * 60_000), progress: () => undefined });
    folder = mkdtempSync(join(tmpdir(), 'hwlab-real-coverage-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const lookupOf = async (id: string): Promise<CoverageLookup> => new CoverageLookup(await imageCoverage(id, { now: new Date(), deadline: Deadline.after(300_000), progress: () => undefined }));
  const drivers = (lookup: CoverageLookup, asked: string): readonly string[] => {
    const subject = parseAsked(asked);
    return subject === undefined ? [] : lookup.answer(asked, subject).drivers.filter(({ driver, fit }) => driver.kind === 'kernel' && fit !== 'maybe').map(({ driver }) => driver.name).sort();
  };

  for (const id of images) {
    it(`${id}: our reader gives what debugfs gives`, async () => {
      const { disk } = await openImage(id, Deadline.after(120_000));
      const raw = join(folder, `${id}.raw`);
      execFileSync('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', disk, raw]);
      using system = openSystem(disk, Deadline.after(120_000));
      const kernel = system.tree.list('/lib/modules')[0]?.name ?? '';
      for (const path of [`/usr/lib/modules/${kernel}/modules.alias`, '/var/lib/dpkg/status', '/usr/lib/udev/hwdb.d/20-sane.hwdb', '/etc/sane.d/dll.conf', '/usr/lib/os-release', `/usr/lib/modules/${kernel}/modules.builtin.modinfo`]) {
        const theirs = execFileSync(findProgram('debugfs') ?? 'debugfs', ['-R', `cat ${path}`, raw], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
        expect(system.tree.read(path, 1 << 28)?.equals(theirs), path).to.equal(true);
      }
      rmSync(raw);
    });

    it(`${id}: answers as modprobe does`, async () => {
      const lookup = await lookupOf(id);
      const found = Object.fromEntries(Object.keys(asModprobe).map((asked) => [asked, drivers(lookup, asked)]));
      expect(found).to.deep.equal(asModprobe);
      expect(drivers(lookup, '0403:6001')).to.deep.equal(['ftdi_sio']);
      expect(lookup.answer('', { kind: 'usb', vendor: '04A9', product: '2206' }).verdict).to.equal('driver');
    });
  }

  if (longRun) {
    it('Debian 13 lost the wireless drivers that its kernel dropped, and nothing that prints or scans', async () => {
      const [older, newer] = [await lookupOf('debian-12'), await lookupOf('debian-13')];
      const diff = diffCoverage(older.index, newer.index);
      expect(diff.lost.map(({ kind }) => kind)).to.satisfy((kinds: readonly string[]) => kinds.every((kind) => kind === 'kernel'));
      expect(diff.lost.find(({ id }) => id === 'usb 0411:0006')?.before).to.deep.equal(['orinoco_usb']);
      expect(diff.moved.find(({ id }) => id === 'usb 0bda:8179')).to.deep.include({ before: ['r8188eu'], after: ['rtl8xxxu'] });
      expect(diff.lostClasses).to.deep.equal([]);
    });
  }
});

/** What `modprobe --resolve-alias` of kmod 30 printed for the modules of both images. */
const asModprobe: Readonly<Record<string, readonly string[]>> = {
  'usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin00': ['ftdi_sio'],
  'usb:v1A86p7523d0254dc00dsc00dp00icFFisc01ip02in00': ['ch341'],
  'usb:v2341p0043d0001dc02dsc00dp00ic02isc02ip01in00': ['cdc_acm'],
  'usb:v03F0p1D17d0100dc00dsc00dp00ic07isc01ip02in00': ['usblp'],
  'usb:v0951p1666d0110dc00dsc00dp00ic08isc06ip50in00': ['uas', 'usb_storage'],
  'usb:v04F3p2ABDd1111dc00dsc00dp00ic03isc00ip00in00': ['usbhid'],
  'usb:v0BDAp8153d3000dc00dsc00dp00icFFiscFFip00in00': ['r8152'],
  'usb:v10C4pEA60d0100dc00dsc00dp00icFFisc00ip00in00': ['cp210x'],
  'usb:v0482p069Dd0100dc00dsc00dp00ic07isc01ip04in01': [],
  'hid:b0003g0101v0000056Ap00000390': ['hid_generic', 'wacom'],
  'hid:b0003g0001v00000EEFp00007349': ['hid_generic'],
  'hid:b0003g0002v00000EEFp00007349': ['hid_generic', 'hid_multitouch'],
  'hid:b0018g0004v000004F3p00002ABD': ['hid_generic', 'hid_multitouch'],
  'pci:v00008086d000015B8sv00001028sd00000A67bc02sc00i00': ['e1000e'],
  'pci:v000010ECd00008168sv00001043sd00008677bc02sc00i00': ['r8169'],
  'pci:v00008086d00009D03sv00001028sd00000704bc01sc06i01': ['ahci'],
  'pci:v00001002d0000687Fsv00001002sd00006B76bc03sc00i00': ['amdgpu'],
  'sdio:c00v02D0d4330': ['brcmfmac'],
  'acpi:PNP0C0A:': ['battery'],
};
