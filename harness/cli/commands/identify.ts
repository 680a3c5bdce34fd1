import { Option, type Command } from 'commander';
import { defaultDatabase, openDatabase } from '../../db/database.ts';
import { identifyIn } from '../../db/identity/identify.ts';
import { expectationOf } from '../../db/import/expectation.ts';
import { openIdentity } from '../../db/import/open-identity.ts';
import type { Language } from '../../db/verdicts/verdict-texts.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { identifyLines } from '../identify-text.ts';

interface IdentifyOptions {
  readonly db: string;
  readonly lang: Language;
  readonly json?: boolean;
}

/** `hwlab identify "TEXT"`: which device a name, an id or a pasted line means, and why. Exit code 0 for one device, 2 otherwise. */
export function registerIdentifyCommand(program: Command): void {
  program
    .command('identify')
    .description('say which device a name, a line of lsusb, a USB id or an IEEE 1284 id means, how sure that is, and why')
    .argument('<text>', 'what stands in the tender, on the box or in the terminal')
    .option('--db <folder>', 'folder of the database', defaultDatabase)
    .addOption(new Option('--lang <language>', 'language of the answer').choices(['en', 'ru']).default('en'))
    .option('--json', 'the decision and all candidates as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  ./hwlab identify "Куосера М2040dn или аналог" --lang ru\n  ./hwlab identify "Bus 001 Device 004: ID 0482:069d Kyocera Corp."\n  ./hwlab identify "MFG:HP;MDL:LaserJet 1320;" --json\n\nExit codes: 0 when it is one device, 2 when it may be several, only related ones are known, or none.',
    )
    .action(async (text: string, options: IdentifyOptions) => {
      const { catalogue, claimsOf } = await openIdentity(await openDatabase(options.db));
      const answer = identifyIn(catalogue, text);
      if (answer.decision !== 'one') process.exitCode = exitCodes.usage;
      const claims = answer.decision === 'one' ? claimsOf(answer.matches[0]?.device ?? '') : [];
      const whole = { ...answer, publicClaims: claims, expectation: expectationOf(claims) };
      process.stdout.write(options.json ? `${JSON.stringify(whole, null, 2)}\n` : `${identifyLines(whole, options.lang).join('\n')}\n`);
    });
}
