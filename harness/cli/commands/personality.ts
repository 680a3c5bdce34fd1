import type { Command } from 'commander';
import { listImageIds } from '../../images/catalogue.ts';
import { loadCatalogue, type Catalogue } from '../../run/catalogue.ts';
import { misfitOf } from '../../db/apply-personalities.ts';
import type { Personality } from '../../db/generated/personality.ts';
import { printTable } from '../print-table.ts';

/** `hwlab personality list|show`: the quirks of real devices that a model can be given. */
export function registerPersonalityCommand(program: Command): void {
  const command = program
    .command('personality')
    .description('quirks of real devices, which a model can be given (fixtures/personalities)')
    .addHelpText('after', '\nExamples:\n  ./hwlab personality list --model kyocera-ecosys-m2040dn\n  ./hwlab personality show mfp-slow-first-answer\n  ./hwlab run --device MODEL+PERSONALITY+PERSONALITY\n\nExit codes: 0, or 2 when a name is not known or a data file is wrong.');

  command
    .command('list')
    .description('all personalities')
    .option('--model <id>', 'only those that fit this model')
    .option('--json', 'print JSON')
    .action(async (options: { model?: string; json?: boolean }) => {
      const catalogue = await loadCatalogue(await listImageIds());
      const all = options.model === undefined ? [...catalogue.personalities.values()].map(({ personality }) => personality) : catalogue.personalitiesFor(catalogue.model(options.model));
      if (options.json) process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
      else printTable(all.map(({ id, name, emulators, seen }) => ({ personality: id, emulators: emulators.join(', '), seen: String(seen.length), name })), false);
    });

  command
    .command('show')
    .description('one personality: what it changes, where it was seen, which models can have it')
    .argument('<id>', 'its id: ./hwlab personality list')
    .option('--json', 'print JSON')
    .action(async (id: string, options: { json?: boolean }) => {
      const catalogue = await loadCatalogue(await listImageIds());
      const { personality } = catalogue.personality(id);
      const models = modelsOf(personality, catalogue);
      process.stdout.write(options.json ? `${JSON.stringify({ ...personality, fits: models }, null, 2)}\n` : `${textOf(personality, models).join('\n')}\n`);
    });
}

function modelsOf(personality: Personality, catalogue: Catalogue): readonly string[] {
  return [...catalogue.models.values()].filter(({ model }) => misfitOf(model, [personality]) === undefined).map(({ model }) => model.id);
}

function textOf({ id, name, emulators, suites, conflicts, patch, seen }: Personality, models: readonly string[]): readonly string[] {
  return [
    `${id}: ${name}`,
    `  emulators: ${emulators.join(', ')}`,
    `  models: ${models.join(', ') || 'none of this checkout'}`,
    ...(suites ? [`  suites: ${suites.join(', ')}`] : []),
    ...(conflicts ? [`  not together with: ${conflicts.join(', ')}`] : []),
    '  changes:',
    ...JSON.stringify(patch, null, 2).split('\n').map((line) => `    ${line}`),
    '  seen:',
    ...seen.flatMap(({ device, what, thread }) => [`    ${device}: ${what}`, `      ${thread}`]),
  ].map((line) => line.replace(/\p{Cc}/gu, ' '));
}
