import { expect, feature, readNetpbm, suite, type CellContext, type NetworkMfpControls, type ScannerControls } from '../../harness/index.ts';
import { expectSame, expectSize, lastRequest, lowestResolution, millimetres, onlyJob, scanimage, scanPage, type MeasuredScanner, type ScanRequest } from './scanner-cell.ts';

type NetworkCell = CellContext<NetworkMfpControls>;

suite('scanners-network', () => {
  feature<NetworkMfpControls>('scanning.network-discovery', 'the scanner is announced on the network once, with its address and what it can do, and airscan-discover prints it', async (cell) => {
    networkScanner(cell);
    const { hostName, services } = cell.unit.controls.network;
    const records = await cell.waitFor('_uscan._tcp is announced on the network', async () => {
      const { stdout } = await cell.guest.run('avahi-browse --parsable --resolve --terminate _uscan._tcp', { accept: [0, 1] });
      const own = stdout.split('\n').filter((line) => line.startsWith('=') && line.includes(`${hostName}.local`));
      return own.length > 0 ? { value: own } : { saw: stdout.trim().slice(-400) || 'no record' };
    }, 15);
    expect(records, records.join('\n')).to.have.length(1);
    for (const entry of services.find(({ type }) => type === '_uscan._tcp')?.txt ?? []) expect(records[0]).to.contain(`"${entry}"`);
    const address = records[0]?.split(';')[7] ?? '';
    await cell.waitFor('airscan-discover prints the scanner', async () => {
      const { stdout } = await cell.guest.run('airscan-discover');
      return stdout.split('\n').some((line) => line.includes(`http://${address}:80/eSCL`) && line.endsWith(', eSCL')) ? { value: true } : { saw: stdout.trim() || 'nothing' };
    }, 20);
  });

  feature<NetworkMfpControls>('scanning.network-listed', 'scanimage -L lists the scanner on the network with its model', async (cell) => {
    await deviceName(cell);
  });

  feature<NetworkMfpControls>('scanning.network-glass', 'a page in grey comes over the network from the glass, as it lies there and in its size', async (cell) => {
    const { scanner, measured } = networkScanner(cell);
    const caps = scanner.capabilities.platen ?? cell.skip('a scanner with a glass');
    const resolution = lowestResolution(caps);
    const page = await scanPage(cell, { device: await deviceName(cell), mode: 'Gray', resolution });
    expectSize(page, [millimetres(caps.maxWidth), millimetres(caps.maxHeight)], resolution);
    expectSame(measured, onlyJob(scanner), 1, page);
  });

  feature<NetworkMfpControls>('scanning.network-feeder', 'three sheets in the feeder come over the network as three pages, in order, and then the end', async (cell) => {
    const { scanner, measured } = networkScanner(cell);
    const request = await feederRequest(cell, scanner);
    scanner.loadFeeder(3);
    await cell.guest.run(`rm -rf /tmp/hwlab-lan; mkdir /tmp/hwlab-lan; ${scanimage(request)} --batch=/tmp/hwlab-lan/p%d.pnm`, { accept: [0, 7] });
    const { stdout } = await cell.guest.run('ls /tmp/hwlab-lan');
    expect(stdout.trim().split('\n')).to.deep.equal(['p1.pnm', 'p2.pnm', 'p3.pnm']);
    for (const number of [1, 2, 3]) expectSame(measured, onlyJob(scanner), number, readNetpbm(await cell.guest.getFile(`/tmp/hwlab-lan/p${number}.pnm`)));
  });

  feature<NetworkMfpControls>('scanning.network-feeder-empty', 'an empty feeder is told over the network: out of documents', async (cell) => {
    const { scanner } = networkScanner(cell);
    const { exitCode, stderr } = await cell.guest.run(`${scanimage(await feederRequest(cell, scanner))} -o /dev/null`, { accept: [...Array(12).keys()] });
    expect(exitCode, `how scanimage ended; it said: ${stderr.trim().split('\n').at(-1)}; the scanner was asked: ${lastRequest(scanner)}`).to.equal(7);
  });
});

/** The scanner as after power-on. */
function networkScanner(cell: NetworkCell): { readonly scanner: ScannerControls; readonly measured: MeasuredScanner } {
  const { scanner = cell.skip('a device that scans') } = cell.unit.controls;
  scanner.reset();
  return { scanner, measured: { measure: cell.measure, unit: { controls: { scanner } } } };
}

const names = new WeakMap<object, Promise<string>>();

/** The name under which sane-airscan lists the scanner, which it found by itself; looked up once a cell. */
async function deviceName(cell: NetworkCell): Promise<string> {
  const { makeAndModel } = networkScanner(cell).scanner.capabilities;
  const find = async (): Promise<string> => {
    await cell.guest.run("mkdir -p /tmp/hwlab-sane && echo airscan > /tmp/hwlab-sane/dll.conf");
    return await cell.waitFor(`scanimage -L lists ${makeAndModel}`, async () => {
      const { stdout } = await cell.guest.run("SANE_CONFIG_DIR=/tmp/hwlab-sane: scanimage -f '%d%n' </dev/null");
      const own = stdout.split('\n').find((line) => makeAndModel.split(' ').every((word) => line.includes(word)));
      return own === undefined ? { saw: stdout.trim() || 'no device' } : { value: own };
    }, 20);
  };
  const name = names.get(cell.unit.controls) ?? find();
  names.set(cell.unit.controls, name);
  return await name;
}

async function feederRequest(cell: NetworkCell, scanner: ScannerControls): Promise<ScanRequest> {
  const caps = scanner.capabilities.feeder?.simplex ?? cell.skip('a scanner with a feeder');
  return { device: await deviceName(cell), source: 'ADF', mode: 'Gray', resolution: lowestResolution(caps), area: [0, 0, 70, 60] };
}
