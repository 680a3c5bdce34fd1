import { expect, feature, suite, type MfpControls } from '../../harness/index.ts';
import { airscan, expectSame, lowestResolution, onlyJob, ready, scanPage, type ScannerCell } from './scanner-cell.ts';

suite('scanners', () => {
  feature<MfpControls>('scanning.broken-capabilities', 'capabilities that end in the middle are refused with a word, and the scanner works when they are whole again', async (cell) => {
    const scanner = await ready(cell);
    for (const cutAt of [40, 700]) {
      scanner.writeCapabilities({ cutAt });
      const { exitCode, stderr } = await options(cell);
      expect(exitCode, `how scanimage ended with ${cutAt} bytes of capabilities; it said: ${stderr.trim().split('\n').at(-1)}`).to.be.within(1, 11);
    }
    scanner.writeCapabilities({});
    expect((await options(cell)).exitCode, 'how scanimage ended with whole capabilities').to.equal(0);
  });

  feature<MfpControls>('scanning.large-capabilities', 'capabilities of two mebibytes are read to their end', async (cell) => {
    const scanner = await ready(cell);
    scanner.writeCapabilities({ padding: 2 * 1024 * 1024 });
    const { exitCode, stdout, stderr } = await options(cell);
    expect(exitCode, `how scanimage ended; it said: ${stderr.trim().split('\n').at(-1)}`).to.equal(0);
    expect(stdout).to.contain('--resolution');
  });

  feature<MfpControls>('scanning.unknown-colours', 'colour modes that nobody knows are passed over, and a page in grey comes', async (cell) => {
    const scanner = await ready(cell);
    const caps = scanner.capabilities.platen ?? scanner.capabilities.feeder?.simplex ?? cell.skip('a scanner with a glass or a feeder');
    scanner.writeCapabilities({ moreColorModes: ['AutoColorDetection', 'RGB48', 'Infrared16'] });
    const { exitCode, stdout } = await options(cell);
    expect(exitCode, 'how scanimage ended').to.equal(0);
    expect(/^ *--mode (\S+)/m.exec(stdout)?.[1]?.split('|'), 'modes').to.include('Gray');
    if (!scanner.capabilities.platen) return;
    const page = await scanPage(cell, { mode: 'Gray', resolution: lowestResolution(caps), area: [0, 0, 60, 40] });
    expectSame(cell, onlyJob(scanner), 1, page);
  });

  feature<MfpControls>('scanning.escl-1', 'a scanner of eSCL 1.0, which nobody has to support, is refused with a word and crashes nothing', async (cell) => {
    const scanner = await ready(cell);
    scanner.writeCapabilities({ oldProfiles: true });
    const { exitCode, stderr } = await options(cell);
    await cell.attach('scanimage', stderr, 'text/plain');
    expect(exitCode, `how scanimage ended; it said: ${stderr.trim().split('\n').at(-1)}`).to.be.within(0, 11);
  });
});

/** Asks sane-airscan for the options of the scanner. 0 to 11 are SANE's own ends (sane.h); a crash is 128 and more. */
async function options(cell: ScannerCell): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  return await cell.guest.run(`scanimage -d '${airscan}' -A`, { accept: [...Array(256).keys()], within: 15 });
}
