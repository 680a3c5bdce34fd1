import { expect, feature, suite, type MfpControls } from '../../harness/index.ts';
import { expectSame, lastRequest, lowestResolution, ready, scanimage, scanPage } from './scanner-cell.ts';

suite('scanners', () => {
  feature<MfpControls>('scanning.cancel', 'a scan that is cancelled in the middle of a page ends at the scanner too, and the next one works', async (cell) => {
    const scanner = await ready(cell);
    const caps = scanner.capabilities.platen ?? cell.skip('a scanner with a glass');
    const resolution = lowestResolution(caps);
    let halfWay = false;
    void scanner.holdNextDocument().held.then(() => (halfWay = true));
    const { stdout } = await cell.guest.run(`setsid ${scanimage({ mode: 'Color', resolution })} -o /tmp/hwlab-cancelled.pnm </dev/null >/dev/null 2>/tmp/hwlab-cancelled.txt & echo $!`);
    const pid = Number(stdout);
    await cell
      .waitFor('the scanner sends the first half of a page', () => (halfWay ? { value: true } : { saw: lastRequest(scanner) }), 10)
      .catch(async (error: unknown) => {
        const said = await cell.guest.run(`kill -0 ${pid} 2>/dev/null && echo 'scanimage waits' || echo 'scanimage has ended'; tail -c 2000 /tmp/hwlab-cancelled.txt`);
        await cell.attach('scanimage', said.stdout, 'text/plain');
        throw error;
      });
    await cell.guest.run(`kill -INT ${pid}; for i in $(seq 100); do kill -0 ${pid} 2>/dev/null || exit 0; sleep 0.1; done; echo 'scanimage goes on after SIGINT' >&2; exit 1`);
    const [cancelled] = scanner.jobs();
    expect(cancelled?.state, 'the job at the scanner').to.equal('Canceled');
    expect(cancelled?.pages[0]?.complete, 'the page was sent to its end').to.equal(false);

    const page = await scanPage(cell, { mode: 'Gray', resolution, area: [0, 0, 60, 40] });
    expectSame(cell, scanner.jobs().at(-1)!, 1, page);
  });
});
