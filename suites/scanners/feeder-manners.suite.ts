import { expect, feature, readNetpbm, suite, type EmulatedModel, type MfpControls, type ScannerControls } from '../../harness/index.ts';
import { expectSame, lowestResolution, onlyJob, ready, scanimage, type ScannerCell } from './scanner-cell.ts';

suite('scanners', () => {
  feature<MfpControls>('scanning.busy-page', 'a page that is answered with "busy" three times is asked for again and comes', async (cell) => {
    const scanner = await ready(cell);
    const caps = scanner.capabilities.feeder?.simplex ?? cell.skip('a scanner with a feeder');
    scanner.loadFeeder(1);
    scanner.answerBusy('document', 3);
    const files = await batch(cell, 60000, lowestResolution(caps));
    expect(files).to.deep.equal(['p1.pnm']);
    expect(busyPages(scanner), 'pages answered with "busy"').to.be.at.least(3);
  });

  feature<MfpControls>('scanning.feeder-processing', 'a feeder that is still at work after the first page (AdfState processing, and busy) gives all of its pages', async (cell) => {
    const scanner = await ready(cell);
    const caps = scanner.capabilities.feeder?.simplex ?? cell.skip('a scanner with a feeder');
    scanner.loadFeeder(3);
    scanner.answerBusy('later-document', 2);
    const files = await batch(cell, 60000, lowestResolution(caps));
    expect(files).to.deep.equal(['p1.pnm', 'p2.pnm', 'p3.pnm']);
    expect(busyPages(scanner), 'pages answered with "busy"').to.be.at.least(2);
    for (const number of [1, 2, 3]) expectSame(cell, onlyJob(scanner), number, readNetpbm(await cell.guest.getFile(`/tmp/hwlab-manners/p${number}.pnm`)));
  });

  feature<MfpControls>(
    'scanning.feeder-only',
    'a scanner with a feeder and no glass shows the feeder as its only source, and scans from it',
    async (cell) => {
      await ready(cell);
      if (!cell.unit.controls.scanner.capabilities.feeder) cell.skip('a scanner with a feeder');
      const other = await cell.plugAnother(withoutGlass);
      const { scanner } = other.controls;
      await cell.guest.run("for i in $(seq 400); do ss -Hltn 'sport = :60001' | grep -q . && exit 0; sleep 0.1; done; echo 'ipp-usb does not listen for the second device' >&2; ipp-usb status >&2; exit 1");
      const { stdout } = await cell.guest.run("scanimage -d 'airscan:escl:hwlab:http://localhost:60001/eSCL' -A");
      expect(/^ *--source (\S+)/m.exec(stdout)?.[1]?.split('|')[0], 'first source').to.equal('ADF');
      expect(stdout).to.not.match(/Flatbed/);
      scanner.loadFeeder(2);
      expect(await batch(cell, 60001, lowestResolution(scanner.capabilities.feeder!.simplex))).to.deep.equal(['p1.pnm', 'p2.pnm']);
    },
    { within: 60 },
  );
});

/** How often a page, and not a job, was answered with "busy": a scanner may be that by itself, too. */
function busyPages(scanner: ScannerControls): number {
  return scanner.requests().filter(({ method, status }) => method === 'GET' && status === 503).length;
}

/** Scans grey pages until the feeder is empty; gives the files in /tmp/hwlab-manners. */
async function batch(cell: ScannerCell, port: number, resolution: number): Promise<string[]> {
  const scan = scanimage({ device: `airscan:escl:hwlab:http://localhost:${port}/eSCL`, source: 'ADF', mode: 'Gray', resolution, area: [0, 0, 60, 60] });
  await cell.guest.run(`rm -rf /tmp/hwlab-manners; mkdir /tmp/hwlab-manners; ${scan} --batch=/tmp/hwlab-manners/p%d.pnm`, { accept: [0, 7] });
  const { stdout } = await cell.guest.run('ls /tmp/hwlab-manners');
  return stdout.split('\n').filter((line) => line !== '');
}

/** Another unit of the model that has no glass. */
function withoutGlass(model: EmulatedModel): EmulatedModel {
  const { scanner, ...behaviour } = model.behaviour as { scanner: { capabilities: Record<string, unknown> } };
  const { platen: _platen, ...capabilities } = scanner.capabilities;
  const serial = `${(model.usb.strings.serial ?? 'HWLAB').slice(0, -1)}9`;
  return { ...model, usb: { ...model.usb, strings: { ...model.usb.strings, serial } }, behaviour: { ...behaviour, scanner: { ...scanner, capabilities } } };
}
