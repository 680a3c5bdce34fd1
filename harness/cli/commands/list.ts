import type { Command } from 'commander';
import { listImageIds } from '../../images/catalogue.ts';
import type { MachineProfile } from '../../machines/machine.ts';
import { loadMachineProfile } from '../../machines/machine-profile.ts';
import { profileMatrix, screensOf } from '../../machines/profile-matrix.ts';
import { loadCatalogue, type Catalogue } from '../../run/catalogue.ts';
import { printTable } from '../print-table.ts';
import { registerModelServe } from './model-serve.ts';
import { registerModelImport } from './model.ts';

interface Row {
  readonly [column: string]: string;
}

const lists: Readonly<Record<string, { readonly about: string; readonly rows: (catalogue: Catalogue) => Row[] | Promise<Row[]> }>> = {
  model: {
    about: 'emulated models (fixtures/devices)',
    rows: (catalogue) => [...catalogue.models.values()].map(({ model }) => ({ model: model.id, name: model.name, 'usb id': `${model.usb.vendorId.slice(2)}:${model.usb.productId.slice(2)}`, emulator: model.emulator, suites: model.suites.join(', ') })),
  },
  plan: { about: 'plans (suites/plans)', rows: (catalogue) => catalogue.plans.map((plan) => ({ plan })) },
  machine: { about: 'machine profiles (hardware-db/machines)', rows: async (catalogue) => (await profilesOf(catalogue)).map(machineRow) },
};

/** `hwlab model|plan|machine list` */
export function registerListCommands(program: Command): void {
  for (const [name, list] of Object.entries(lists)) {
    const command = program.command(name).description(name === 'model' ? `list and import ${list.about}` : `list ${list.about}`);
    if (name === 'model') {
      registerModelImport(command);
      registerModelServe(command);
    }
    if (name === 'machine') registerMatrix(command);
    command
      .command('list')
      .description(list.about)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  ./hwlab ${name} list\n\nExit codes: 0, or 2 when a data file is wrong.`)
      .action(async (options: { json?: boolean }) => {
        printTable(await list.rows(await loadCatalogue(await listImageIds())), options.json ?? false);
      });
  }
}

async function profilesOf({ machines }: Catalogue): Promise<MachineProfile[]> {
  return await Promise.all(machines.map(loadMachineProfile));
}

function machineRow(profile: MachineProfile): Row {
  const { id, firmware, usb, memory, cpus, parts, name } = profile;
  return { machine: id, firmware: firmware === 'direct-kernel' ? 'as the image says' : firmware.toUpperCase(), usb: usb.controller === 'qemu-xhci' ? 'xHCI' : 'EHCI + UHCI', ports: String(usb.ports), screens: String(screensOf(profile)), MiB: String(memory), cpus: String(cpus), 'built in': (parts ?? []).join(', ') || '-', name };
}

function registerMatrix(command: Command): void {
  command
    .command('matrix')
    .description('which machine profile is which firmware, USB controller and number of screens')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab machine matrix\n  ./hwlab nightly --plan machines        three devices on every profile\n\nExit codes: 0, or 2 when a data file is wrong.')
    .action(async (options: { json?: boolean }) => {
      printTable(profileMatrix(await profilesOf(await loadCatalogue(await listImageIds()))), options.json ?? false);
    });
}
