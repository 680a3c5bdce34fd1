import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { screenshot } from '../../drivers/libvirt/screenshot.ts';
import { findHold, holdLines, listHolds, sshArguments, type HoldRecord } from '../../lab/hold-record.ts';
import { forwardScreen } from '../forward-screen.ts';
import { integerOption } from '../integer-option.ts';
import { interruptSignal } from '../interrupt.ts';
import { askHold } from '../../run/hold/ask-hold.ts';
import { exitCodes } from '../../run/exit-code.ts';

const askFor = 90_000;
const quickly = (): Deadline => Deadline.after(askFor);

/** `hwlab hold list|show|shell|device|screenshot|vnc|extend|release`: machines that are kept for a person. */
export function registerHoldCommand(program: Command): void {
  const hold = program
    .command('hold')
    .description('machines that --hold keeps: get in, drive the emulated device, keep longer, let go')
    .addHelpText(
      'after',
      `
ID can be left out where only one machine is kept.

Examples:
  ./hwlab repro 20261122-031500-k3xq-007 --hold fail
  ./hwlab hold list
  ./hwlab hold shell
  ./hwlab hold shell k3xq -- dmesg
  ./hwlab hold device k3xq
  ./hwlab hold device k3xq fault stall 0x81 after=3
  ./hwlab hold screenshot k3xq --out now.png
  ./hwlab hold vnc k3xq --port 5900

Exit codes: 0 done, 2 no such machine, or a line that the device does not know, 3 it does not answer; shell ends with the code of what it ran.`,
    );

  hold
    .command('list')
    .description('what is kept now')
    .option('--json', 'print JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const holds = await listHolds();
      if (json) process.stdout.write(`${JSON.stringify(holds.map(withoutPassword), null, 2)}\n`);
      else process.stdout.write(holds.length === 0 ? 'no machine is kept\n' : `${holds.map(({ id, until, cell, test }) => `${id}  until ${until.slice(11, 16)} UTC  ${cell}${test === undefined ? '' : `  ${test}`}`).join('\n')}\n`);
    });

  hold
    .command('show [id]')
    .description('how to get in')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, { json }: { readonly json?: boolean }) => {
      const record = await findHold(id);
      process.stdout.write(json ? `${JSON.stringify(withoutPassword(record), null, 2)}\n` : `${holdLines(record).join('\n')}\n`);
    });

  hold
    .command('shell [id] [command...]')
    .description('a shell in the machine, or one command behind --')
    .action(async (first: string | undefined, more: readonly string[]) => {
      const { record, words: command } = await meant(first, more);
      const child = spawn('ssh', [...sshArguments(record), ...(command.length > 0 ? ['--', ...command] : [])], { stdio: 'inherit' });
      child.once('error', (error) => process.stderr.write(`hwlab: ssh: ${messageOf(error)}\n`));
      const [code] = (await once(child, 'close')) as [number | null];
      process.exitCode = code ?? exitCodes.lab;
    });

  hold
    .command('device [id] [words...]')
    .description('the prompt of the emulated device, or one line of it')
    .option('--json', 'print what it answers to one line as JSON')
    .action(async (first: string | undefined, more: readonly string[], options: { readonly json?: boolean }) => {
      const { record, words } = await meant(first, more);
      if (words.length > 0) printAnswer(record.id, await askHold(record.id, { do: 'device', line: words.join(' ') }, quickly()), options);
      else await devicePrompt(record.id);
    });

  hold
    .command('screenshot [id]')
    .description('the screen as it is now, as a PNG file')
    .option('--out <file>', 'where to; hold-ID.png in this folder when left out')
    .option('--screen <n>', 'which screen, from 0', integerOption('--screen', 0, 15), 0)
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, { out, screen, json }: { readonly out?: string; readonly screen: number; readonly json?: boolean }) => {
      const record = await findHold(id);
      const file = resolve(out ?? `hold-${record.id}.png`);
      const written = await screenOf(record, file, screen);
      process.stdout.write(json ? `${JSON.stringify({ hold: record.id, file: written })}\n` : `${written}\n`);
    });

  hold
    .command('vnc [id]')
    .description('the first screen with keyboard and mouse, for a VNC viewer on this host, until Ctrl-C')
    .option('--port <n>', 'of 127.0.0.1; a free one when left out', integerOption('--port', 0, 65535), 0)
    .option('--json', 'print the address as JSON')
    .addHelpText('after', '\nFrom another host: ssh -L 5900:127.0.0.1:PORT THISHOST, and a viewer on localhost:5900. While it runs, whoever is logged in on this host can use the screen too.\n\nExit codes: 0 ended, 2 no such machine, or one without a screen; a port that is taken.')
    .action(async (id: string | undefined, { port, json }: { readonly port: number; readonly json?: boolean }) => {
      const record = await findHold(id);
      if (record.vnc === undefined) throw noScreen(record.cell);
      await using forward = await forwardScreen(record.vnc, port);
      process.stdout.write(json ? `${JSON.stringify({ hold: record.id, address: forward.address })}\n` : `${forward.address}   (Ctrl-C ends it)\n`);
      await forward.ended(interruptSignal());
    });

  hold
    .command('extend [id] [minutes]')
    .description('keeps it so many minutes from now (30)')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, asked: string | undefined, options: { readonly json?: boolean }) => {
      const minutes = asked ?? '30';
      const record = await findHold(id);
      if (!/^\d{1,5}$/.test(minutes)) throw new HwlabError({ code: 'option-invalid', blame: 'usage', message: `"${minutes}" is no number of minutes` });
      printAnswer(record.id, await askHold(record.id, { do: 'extend', minutes: Number(minutes) }, quickly()), options);
    });

  hold
    .command('release [id]')
    .description('lets it go; the run that kept it ends')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, options: { readonly json?: boolean }) => {
      const record = await findHold(id);
      printAnswer(record.id, await askHold(record.id, { do: 'release' }, quickly()), options);
    });
}

/** @throws HwlabError usage `no-screen` where the machine has none, or not that many */
async function screenOf({ domain, cell }: HoldRecord, file: string, screen: number): Promise<string> {
  if (domain === undefined) throw noScreen(cell);
  try {
    return await screenshot(domain, file, quickly(), screen);
  } catch (error) {
    throw noScreen(`${cell}, screen ${screen}`, error);
  }
}

function noScreen(of: string, cause?: unknown): HwlabError {
  return new HwlabError({ code: 'no-screen', blame: 'usage', message: `${of}: there is no picture${cause === undefined ? '' : `: ${messageOf(cause)}`}`, advice: 'a machine with a screen: machine=vm-display for repro, --machine vm-display for run and try', ...(cause === undefined ? {} : { cause }) });
}

function printAnswer(hold: string, answer: string, { json }: { readonly json?: boolean }): void {
  process.stdout.write(json ? `${JSON.stringify({ hold, answer })}\n` : `${answer}\n`);
}

/** Where only one machine is kept its id can be left out: then the first word is not an id. */
async function meant(first: string | undefined, more: readonly string[]): Promise<{ readonly record: HoldRecord; readonly words: readonly string[] }> {
  const holds = await listHolds();
  const [only, ...others] = holds;
  if (first !== undefined && only && others.length === 0 && only.id !== first) return { record: only, words: [first, ...more] };
  return { record: await findHold(first), words: more };
}

/** Lines to the device until the end of the input, or `quit`. What it does not know it says, and goes on. */
async function devicePrompt(id: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout, terminal: process.stdin.isTTY && process.stdout.isTTY });
  const prompt = process.stdin.isTTY ? `device ${id}> ` : '';
  if (process.stdin.isTTY) process.stdout.write('help lists what the device can do; quit leaves\n');
  let isOpen = true;
  terminal.once('close', () => (isOpen = false));
  terminal.setPrompt(prompt);
  terminal.prompt();
  for await (const line of terminal) {
    if (['quit', 'exit'].includes(line.trim())) break;
    try {
      process.stdout.write(`${await askHold(id, { do: 'device', line }, quickly())}\n`);
    } catch (error) {
      if (!(error instanceof HwlabError)) throw error;
      process.stdout.write(`${error.message}${error.advice === undefined ? '' : `; ${error.advice}`}\n`);
      if (error.code === 'hold-gone') throw error;
    }
    // Lines that come through a pipe may all be here before the first is answered.
    if (isOpen) terminal.prompt();
  }
  terminal.close();
}

function withoutPassword<T extends { readonly ssh: { readonly password?: string } }>(record: T): T {
  const { password: _, ...ssh } = record.ssh;
  return { ...record, ssh };
}
