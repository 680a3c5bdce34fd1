import type { Command } from 'commander';
import { listImageIds } from '../../images/catalogue.ts';
import { loadCatalogue, type Catalogue } from '../../run/catalogue.ts';
import { printTable } from '../print-table.ts';
import { registerModelImport } from './model.ts';

interface Row {
  readonly [column: string]: string;
}

const lists: Readonly<Record<string, { readonly about: string; readonly rows: (catalogue: Catalogue) => Row[] }>> = {
  model: {
    about: 'emulated models (fixtures/devices)',
    rows: (catalogue) => [...catalogue.models.values()].map(({ model }) => ({ model: model.id, name: model.name, 'usb id': `${model.usb.vendorId.slice(2)}:${model.usb.productId.slice(2)}`, emulator: model.emulator, suites: model.suites.join(', ') })),
  },
  plan: { about: 'plans (suites/plans)', rows: (catalogue) => catalogue.plans.map((plan) => ({ plan })) },
  machine: { about: 'machine profiles (hardware-db/machines)', rows: (catalogue) => catalogue.machines.map((machine) => ({ machine })) },
};

/** `hwlab model|plan|machine list` */
export function registerListCommands(program: Command): void {
  for (const [name, list] of Object.entries(lists)) {
    const command = program.command(name).description(name === 'model' ? `list and import ${list.about}` : `list ${list.about}`);
    if (name === 'model') registerModelImport(command);
    command
      .command('list')
      .description(list.about)
      .option('--json', 'print JSON')
      .addHelpText('after', `\nExample:\n  ./hwlab ${name} list\n\nExit codes: 0, or 2 when a data file is wrong.`)
      .action(async (options: { json?: boolean }) => {
        printTable(list.rows(await loadCatalogue(await listImageIds())), options.json ?? false);
      });
  }
}
