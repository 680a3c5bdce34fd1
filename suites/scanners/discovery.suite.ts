import { expect, feature, suite, type MfpControls } from '../../harness/index.ts';
import { listedByEsclDrivers, isOurs } from './device-list.ts';
import { expectSame, lowestResolution, onlyJob, ready, scanPage, scanimage, type ScannerCell } from './scanner-cell.ts';

suite('scanners', () => {
  feature<MfpControls>('scanning.discovered', 'airscan-discover prints the address of the scanner with the protocol eSCL', async (cell) => {
    await ready(cell);
    await discovered(cell);
  });

  feature<MfpControls>('scanning.wsd-port-taken', 'the scanner is found and listed when another program has the port of WS-Discovery', async (cell) => {
    await ready(cell);
    // UDP 3702 on all addresses of both families, without leave to share it.
    const take = 'use Socket; for ([PF_INET, pack_sockaddr_in(3702, INADDR_ANY)], [PF_INET6, pack_sockaddr_in6(3702, Socket::IN6ADDR_ANY())]) { socket(my $s, $$_[0], SOCK_DGRAM, 0) or die; setsockopt($s, 41, 26, 1) if $$_[0] == PF_INET6; bind($s, $$_[1]) or die "bind: $!"; push @s, $s } print "taken\\n"; $| = 1; close STDOUT; sleep 600';
    const { stdout } = await cell.guest.run(`setsid perl -e '${take}' </dev/null >/tmp/hwlab-taken 2>&1 & pid=$!; for i in $(seq 100); do grep -q taken /tmp/hwlab-taken && break; kill -0 $pid || { cat /tmp/hwlab-taken >&2; exit 1; }; sleep 0.1; done; echo $pid`);
    try {
      await discovered(cell, 8);
      const listed = await listedByEsclDrivers(cell);
      expect(listed.filter((device) => isOurs(cell, device)).map((device) => device.name.split(':')[0])).to.include('airscan');
    } finally {
      await cell.guest.run(`kill ${Number(stdout)}`);
    }
  });

  feature<MfpControls>('scanning.network-cut', 'a page comes from the glass while the network of the computer is cut', async (cell) => {
    const scanner = await ready(cell);
    const caps = scanner.capabilities.platen ?? cell.skip('a scanner with a glass');
    // The guest is asked over that network: one command cuts it, scans, and brings it back.
    const scan = scanimage({ mode: 'Gray', resolution: lowestResolution(caps), area: [0, 0, 60, 40] });
    await cell.guest.run(
      `link=$(ls /sys/class/net | grep -m 1 '^e'); rm -f /tmp/hwlab-cut.*; cat > /tmp/hwlab-cut.sh <<END
ip link set $link down
ip -o link show $link > /tmp/hwlab-cut.link
${scan} -o /tmp/hwlab-cut.pnm 2> /tmp/hwlab-cut.error
echo \\$? > /tmp/hwlab-cut.exit
ip link set $link up
END
setsid sh /tmp/hwlab-cut.sh </dev/null >/dev/null 2>&1 &`,
    );
    const exit = await cell.waitFor('the scan without a network ends', async () => {
      const { stdout } = await cell.guest.run('cat /tmp/hwlab-cut.exit 2>/dev/null || true');
      return stdout.trim() === '' ? { saw: 'still at it' } : { value: stdout.trim() };
    });
    const { stdout: said } = await cell.guest.run('cat /tmp/hwlab-cut.link /tmp/hwlab-cut.error');
    await cell.attach('link and scanimage', said, 'text/plain');
    expect(said, 'the link while it scanned').to.match(/state DOWN/);
    expect(exit, `how scanimage ended; it said: ${said.trim().split('\n').at(-1)}`).to.equal('0');
    expect(onlyJob(scanner).state).to.equal('Completed');
    const page = await scanPage(cell, { mode: 'Gray', resolution: lowestResolution(caps), area: [0, 0, 60, 40] });
    expectSame(cell, scanner.jobs().at(-1)!, 1, page);
  });
});

/** Looks until airscan-discover shows the scanner behind ipp-usb; `within` is seconds. */
async function discovered(cell: ScannerCell, within = 20): Promise<void> {
  const model = cell.unit.controls.scanner.capabilities.makeAndModel;
  const line = await cell.waitFor('airscan-discover prints the scanner', async () => {
    const { stdout } = await cell.guest.run('airscan-discover');
    const own = stdout.split('\n').find((each) => /= https?:\/\/(localhost|127\.0\.0\.1):6\d{4}\//.test(each));
    return own === undefined ? { saw: stdout.trim() || 'nothing' } : { value: own };
  }, within);
  expect(line, 'line of the scanner').to.match(/, eSCL$/);
  for (const word of model.split(' ')) expect(line).to.contain(word);
}
