import { expect, feature, suite, type MfpControls } from '../../harness/index.ts';
import { isOurs, listedDevices } from './device-list.ts';
import { airscan, expectSame, lastRequest, lowestResolution, onlyJob, ready, scanPage, type ScannerCell } from './scanner-cell.ts';
import { ScanningWindow, type Widget } from './scanning-window.ts';

const scanButton: Widget = { role: 'button', name: 'Scan' };

/** Waits until the window offers the scanner and says that it is ready; gives what it shows. */
async function offered(cell: ScannerCell, window: ScanningWindow): Promise<readonly Widget[]> {
  const words = cell.unit.controls.scanner.capabilities.makeAndModel.split(' ');
  const shown = await cell.waitFor(
    `the window offers ${cell.unit.model.name}`,
    async () => {
      const widgets = await window.widgets();
      const ours = widgets.some(({ role, name }) => role === 'combo box' && words.every((word) => name.includes(word)));
      return ours && widgets.some(({ name }) => name === 'Ready to Scan') ? { value: widgets } : { saw: widgets.map(({ role, name }) => `${role} "${name}"`).join(', ').slice(0, 600) || 'no window' };
    },
    60,
  );
  await cell.attach('what the window shows', shown.map(({ role, name }) => `${role}\t${name}\n`).join(''), 'text/plain');
  return shown;
}

suite('scanners-desktop', () => {
  feature<MfpControls>(
    'desktop.scanner-listed',
    'a scanning program with windows starts in the session of a pupil, offers the scanner by its name, and says that it is ready',
    async (cell) => {
      await ready(cell);
      await using window = await ScanningWindow.open(cell);
      const shown = await offered(cell, window);
      expect(shown, 'what can be pressed').to.deep.include(scanButton);
    },
    { within: 90 },
  );

  feature<MfpControls>(
    'desktop.page',
    'a press of the button Scan draws a page from the scanner, and the window shows it',
    async (cell) => {
      const scanner = await ready(cell);
      await using window = await ScanningWindow.open(cell);
      await offered(cell, window);
      await window.widgets(scanButton);
      try {
        await cell.waitFor(
          'the window shows a page',
          async () => {
            const widgets = await window.widgets();
            return widgets.some(({ name }) => name === 'Delete the selected page') ? { value: true } : { saw: `${lastRequest(scanner)}; ${widgets.length} things in the window` };
          },
          60,
        );
      } finally {
        await cell.attach('what the program says', await window.log(), 'text/plain');
      }
      expect(onlyJob(scanner).pages, 'pages that the scanner sent').to.have.length(1);
    },
    { within: 150 },
  );

  feature<MfpControls>(
    'desktop.buttons-service',
    'with the service for the buttons of scanners running (scanbd), the scanner is listed and gives a page',
    async (cell) => {
      const { exitCode } = await cell.guest.run('command -v scanbd', { accept: [0, 1, 127] });
      if (exitCode !== 0) cell.skip('scanbd on the image');
      const scanner = await ready(cell);
      await cell.guest.run('systemctl restart scanbd.service');
      const ours = (await listedDevices(cell)).filter((device) => isOurs(cell, device));
      expect(ours, 'entries of the scanner').to.not.deep.equal([]);
      const glass = scanner.capabilities.platen ?? expect.fail('the model has no glass');
      const page = await scanPage(cell, { device: airscan, mode: 'Gray', resolution: lowestResolution(glass), area: [0, 0, 100, 100] });
      expectSame(cell, onlyJob(scanner), 1, page);
      expect((await cell.guest.run('systemctl is-active scanbd.service', { accept: [0, 3] })).stdout.trim(), 'scanbd.service').to.equal('active');
    },
    { within: 90 },
  );
});
