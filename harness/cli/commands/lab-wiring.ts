import { hostname } from 'node:os';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { HwlabError } from '../../base/hwlab-error.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import { loadLab } from '../../lab/inventory/read-lab.ts';
import { compareWiring } from '../../lab/wiring/compare-wiring.ts';
import { readUsbTree } from '../../lab/wiring/read-usb-tree.ts';
import { exitCodes } from '../../run/exit-code.ts';
import type { LabOptions } from '../lab-session.ts';

/** `hwlab lab wiring`: what hangs where on this station, beside what the file says. */
export function registerLabWiring(lab: Command): void {
  lab
    .command('wiring')
    .description('which unit hangs on which port of this station; what the file has wrong, and entries for what it lacks')
    .option('--station <id>', 'this station; known by its host name when left out')
    .option('--root <folder>', 'where the kernel shows its USB devices', '/sys/bus/usb/devices')
    .option('--lab <file>', 'lab file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab lab wiring\n  ./hwlab lab wiring --station bench-1\n\nExit codes: 0 file and fact agree (new things are no disagreement), 1 they do not, 2 wrong usage, 3 the devices cannot be read.')
    .action(async (options: LabOptions & { readonly station?: string; readonly root: string }) => {
      const inventory = await loadLab(options.lab);
      const station = inventory.stations.find(({ id, host }) => (options.station === undefined ? host === hostname() : id === options.station));
      if (!station) throw new HwlabError({ code: 'unknown-station', blame: 'usage', message: `the lab file has no station ${options.station ?? `with the host name ${hostname()}`}`, advice: `name one: --station ${inventory.stations.map(({ id }) => id).join(' | ')}` });
      const devices = [...(await (await openDatabase(defaultDatabase)).devices()).values()];
      const modelOf = (usb: string): string | undefined => {
        const found = devices.filter((device) => device.usb.some(({ vendorId, productId, shared }) => shared === undefined && `${vendorId.slice(2)}:${productId.slice(2)}` === usb));
        return found.length === 1 ? found[0]?.id : undefined;
      };
      const report = compareWiring(inventory, station.id, await readUsbTree(options.root), modelOf);
      if (report.findings.length > 0) process.exitCode = exitCodes.product;
      if (options.json) {
        process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
        return;
      }
      const right = report.right.map(({ unit, path }) => `ok       ${unit} at ${path}`);
      const wrong = report.findings.map(({ message }) => `FINDING  ${message}`);
      const fresh = report.proposals.length === 0 ? [] : ['', `# ${report.proposals.length} not in the file; to add them, paste under units:`, ...report.proposals.map(({ text, unit }) => `  # ${text === '' ? 'it says no name' : text}\n${stringify([unit]).trimEnd().replace(/^/gm, '  ')}`)];
      process.stdout.write(`${[...right, ...wrong, `${station.id}: ${report.right.length} right, ${report.findings.length} wrong, ${report.proposals.length} new`, ...fresh].join('\n')}\n`);
    });
}
