/** The entry of `./hwlab`: parses the command line, runs one command, and turns what was thrown into a message and an exit code. */
import { Command, CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { nearMatches } from '../base/near-matches.ts';
import { projectRoot } from '../base/places.ts';
import { exitCodeOfBlame, exitCodes } from '../run/exit-code.ts';
import { commandTable } from './command-table.ts';

// A reader that has seen enough (`| head`) is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };

const program = new Command('hwlab')
  .description('The hardware compatibility lab of a school operating system.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(--help shows the options and examples)')
  .addHelpText(
    'after',
    `
Start here:
  ./hwlab nightly            run the smoke plan: set-up, real guests, four classes of devices, report
  ./hwlab check "Uno R3"     what is known about a model
  ./hwlab doctor             what this machine can do, and what to mend

Exit codes: 0 all well, 1 product failures, 2 wrong usage or data, 3 the lab's fault, 70 a defect of hwlab, 130 interrupted.`,
  );

const wanted = process.argv[2];
await registerCommands(program, wanted);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
endInTime();

/** A command that is over ends, even if a part of it forgot to close something; what was left open is said, for it is a defect. */
function endInTime(): void {
  const limit = 10_000;
  setTimeout(() => {
    process.stderr.write(`hwlab: something was left open and is ended now (please report it): ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit();
  }, limit).unref();
}

/** Loads only the module of the asked command, so that `--help` of one and quick answers stay quick. */
async function registerCommands(target: Command, name: string | undefined): Promise<void> {
  const one = commandTable.find((entry) => entry.names.includes(name ?? ''));
  if (one) {
    await one.register(target);
    return;
  }
  if (name !== undefined && !name.startsWith('-') && name !== 'help') {
    const near = nearMatches(name, commandTable.flatMap((entry) => entry.names));
    process.stderr.write(`hwlab: there is no command "${name}"${near.length > 0 ? `; did you mean: ${near.join(', ')}?` : ''}\nAll commands: ./hwlab --help\n`);
    process.exit(exitCodes.usage);
  }
  for (const entry of commandTable) await entry.register(target);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const json = process.argv.includes('--json');
  if (error instanceof HwlabError) {
    if (json) process.stdout.write(`${JSON.stringify({ error: { code: error.code, blame: error.blame, message: error.message, advice: error.advice ?? null, facts: error.facts } }, null, 2)}\n`);
    process.stderr.write(`hwlab: ${error.message}\n${error.advice ? `  what to do: ${error.advice}\n` : ''}`);
    if (process.env['HWLAB_DEBUG']) process.stderr.write(`${error.stack ?? ''}\n`);
    return error.code === 'interrupted' || error.code === 'night-interrupted' ? exitCodes.interrupted : exitCodeOfBlame(error.blame);
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: { code: 'internal', blame: 'harness', message: stack.split('\n')[0] } }, null, 2)}\n`);
  process.stderr.write(`hwlab: this is a defect of hwlab itself, please report it with the lines below\n${stack}\n`);
  return exitCodes.internal;
}
