import type { Command } from 'commander';
import { listImageIds } from '../../images/catalogue.ts';
import { loadCatalogue, type Catalogue } from '../../run/catalogue.ts';
import { misfitOf } from '../../db/apply-personalities.ts';
import type { Personality } from '../../db/generated/personality.ts';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import type { Observation } from '../../db/generated/observations.ts';
import type { Result } from '../../db/generated/result.ts';
import { readObservations, recordObservations } from '../../db/observations/observation-file.ts';
import { observe } from '../../db/observations/observe.ts';
import { quirksSeen, quirksSeenLine } from '../../db/observations/quirks-seen.ts';
import { printTable } from '../print-table.ts';

/** `hwlab personality list|show|record`: the quirks of real devices that a model can be given. */
export function registerPersonalityCommand(program: Command): void {
  const command = program
    .command('personality')
    .description('quirks of real devices, which a model can be given (fixtures/personalities)')
    .addHelpText('after', '\nExamples:\n  ./hwlab personality list --model kyocera-ecosys-m2040dn\n  ./hwlab personality show mfp-slow-first-answer\n  ./hwlab run --device MODEL+PERSONALITY+PERSONALITY\n  ./hwlab personality record --from /var/tmp/quirks   after: ./hwlab nightly --plan personalities --db /var/tmp/quirks\n\nExit codes: 0, or 2 when a name is not known or a data file is wrong.');

  command
    .command('list')
    .description('all personalities: in how many public threads each was reported, and what the images did about it in a guest')
    .option('--model <id>', 'only those that fit this model')
    .option('--json', 'print JSON')
    .action(async (options: { model?: string; json?: boolean }) => {
      const catalogue = await loadCatalogue(await listImageIds());
      const all = options.model === undefined ? [...catalogue.personalities.values()].map(({ personality }) => personality) : catalogue.personalitiesFor(catalogue.model(options.model));
      if (options.json) {
        process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
        return;
      }
      const inGuests = quirksSeen(all.map(({ id }) => id), await readObservations(defaultDatabase));
      printTable(all.map(({ id, name, emulators, seen }) => ({ personality: id, emulators: emulators.join(', '), threads: String(seen.length), 'in a guest': inGuests.get(id) ?? '', name })), false);
      if (all.length > 0) process.stdout.write(`\n${quirksSeenLine(inGuests)}\n`);
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
      const observed = [...(await readObservations(defaultDatabase))].flatMap(([image, all]) => all.filter(({ personalities }) => personalities.includes(id)).map((observation) => ({ image, ...observation })));
      process.stdout.write(options.json ? `${JSON.stringify({ ...personality, fits: models, observed }, null, 2)}\n` : `${[...textOf(personality, models), ...observed.flatMap(observedLines)].join('\n')}\n`);
    });

  command
    .command('record')
    .description('keep what the images did about quirks, as results show it, in hardware-db/observations: the newest of each quirk, model and suite')
    .option('--from <folder>', 'database with the results', defaultDatabase)
    .option('--night <id>', 'only results of this night')
    .option('--json', 'print JSON')
    .action(async (options: { from: string; night?: string; json?: boolean }) => {
      const catalogue = await loadCatalogue(await listImageIds());
      const { results: store } = await openDatabase(options.from);
      const results: Result[] = [];
      for await (const result of store.results(options.night === undefined ? {} : { night: options.night }, (bad) => process.stderr.write(`${bad.file}:${bad.line}: ${bad.reason}\n`))) {
        // A quirk that was tried out and given up says nothing to anybody else.
        if (result.cell.personalities?.every((id) => catalogue.personalities.has(id)) && catalogue.models.has(result.cell.model)) results.push(result);
      }
      const observed = observe(results, await (await openDatabase(defaultDatabase)).knownIssues(), new Date());
      for (const [image, observations] of observed) await recordObservations(defaultDatabase, image, observations);
      const counts = [...observed].map(([image, all]) => ({ image, observations: all.length, works: all.filter(({ outcome }) => outcome === 'PASS').length, unexplained: all.filter(({ fails }) => fails.some(({ knownIssues }) => !knownIssues)).length }));
      if (options.json) process.stdout.write(`${JSON.stringify(counts, null, 2)}\n`);
      else if (counts.length === 0) process.stdout.write('no result of a device with a quirk\n');
      else printTable(counts.map(({ image, observations, works, unexplained }) => ({ image, observations: String(observations), works: String(works), unexplained: String(unexplained) })), false);
    });
}

function modelsOf(personality: Personality, catalogue: Catalogue): readonly string[] {
  return [...catalogue.models.values()].filter(({ model }) => misfitOf(model, [personality]) === undefined).map(({ model }) => model.id);
}

function observedLines({ image, model, suite, seen, works, fails, notRun }: Observation & { readonly image: string }): readonly string[] {
  return [
    `  on ${image}, ${model}, suite ${suite}, ${seen}:`,
    ...(works.length > 0 ? [`    works: ${works.join(', ')}`] : []),
    ...fails.map(({ feature, message, knownIssues }) => `    fails: ${feature || 'the cell'}: ${message}${knownIssues ? ` (known: ${knownIssues.join(', ')})` : ''}`),
    ...(notRun ? [`    not run: ${notRun.join(', ')}`] : []),
  ].map((line) => line.replace(/\p{Cc}/gu, ' '));
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
