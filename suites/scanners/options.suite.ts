import { expect, feature, suite, type InputCapabilities, type MfpControls } from '../../harness/index.ts';
import { airscanName, listedDevices } from './device-list.ts';
import { millimetres, ready, squareResolutions } from './scanner-cell.ts';

suite('scanners', () => {
  feature<MfpControls>(
    'scanning.options',
    'the options of the listed scanner are what it can do: sources, resolutions, colour, area',
    async (cell) => {
      const { capabilities } = await ready(cell);
      const name = airscanName(cell, await listedDevices(cell));
      const sources: [string, InputCapabilities | undefined][] = [
        ['Flatbed', capabilities.platen],
        ['ADF', capabilities.feeder?.simplex],
        ['ADF Duplex', capabilities.feeder?.duplex],
      ];
      const present = sources.flatMap(([source, caps]) => (caps ? [[source, caps] as const] : []));
      for (const [source, caps] of present.slice(0, 2)) {
        const { stdout } = await cell.guest.run(`scanimage -d '${name.replaceAll("'", `'\\''`)}' --source '${source}' -A`);
        await cell.attach(`scanimage -A, ${source}`, stdout, 'text/plain');
        expect(choices(stdout, 'source'), 'sources').to.deep.equal(present.map(([each]) => each));
        expect(choices(stdout, 'resolution').map(Number.parseFloat), `resolutions of ${source}`).to.deep.equal(squareResolutions(caps));
        expect(choices(stdout, 'mode'), `modes of ${source}`).to.include.members(modes(caps));
        expect(upperEnd(stdout, 'x'), `width of ${source} in mm`).to.be.closeTo(millimetres(caps.maxWidth), 0.1);
        expect(upperEnd(stdout, 'y'), `height of ${source} in mm`).to.be.closeTo(millimetres(caps.maxHeight), 0.1);
      }
    },
    { within: 30 },
  );
});

/** SANE's names of the modes that every SANE driver can show; black and white is optional in sane-airscan. */
function modes(caps: InputCapabilities): string[] {
  const offered = caps.profiles.flatMap((profile) => profile.colorModes);
  return [...(offered.includes('RGB24') ? ['Color'] : []), ...(offered.includes('Grayscale8') ? ['Gray'] : [])];
}

/** `--mode Color|Gray [Color]` gives Color and Gray. */
function choices(text: string, option: string): string[] {
  return new RegExp(`^ *--${option} (.+?) \\[`, 'm').exec(text)?.[1]?.split('|') ?? [];
}

/** `-x 0..215.985mm [215.985]` gives 215.985. */
function upperEnd(text: string, option: string): number {
  return Number(new RegExp(`^ *-${option} [\\d.]+?\\.\\.([\\d.]+)mm`, 'm').exec(text)?.[1]);
}
