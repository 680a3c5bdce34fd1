import { InvalidArgumentError, type Command } from 'commander';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { oneLine } from '../../base/one-line.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { readCassetteFile, writeCassetteFile } from '../../emulation/cassette/cassette-file.ts';
import { captureToCassette } from '../../emulation/cassette/capture-to-cassette.ts';
import { longestCapture } from '../../emulation/import/read-capture.ts';
import type { Cassette } from '../../wire/cassette/cassette.ts';
import { writeUsbmonPcap } from '../../wire/pcap/write-usbmon-pcap.ts';
import { cassetteEventLine, cassetteSummary } from '../cassette-text.ts';

const help = `
Examples:
  ./hwlab run --device arduino-uno-r3 --suite robotics --record          records a cassette beside the cell's other traces
  ./hwlab run --cassette FILE --suite robotics                           replays it to another image, and says what the driver did otherwise
  ./hwlab cassette show FILE --from 100 --events 40
  ./hwlab cassette export FILE usb.pcap && wireshark usb.pcap
  ./hwlab cassette import usbmon.pcapng FILE --select 2341:0043
  ./hwlab cassette import touch.hid FILE

Exit codes: 0; 2 when a file is cut, edited, of a newer hwlab, too big, or no cassette (then nothing is written).`;

/** `hwlab cassette show|export|import` */
export function registerCassetteCommand(program: Command): void {
  const command = program.command('cassette').description('recordings of what crossed a USB cable, for replay and for Wireshark').addHelpText('after', help);

  command
    .command('show')
    .description('what is on it: where it was recorded, its tests, its events; checks that it is whole')
    .argument('<file>', 'the cassette')
    .option('--from <n>', 'first event to print, from 0', number, 0)
    .option('--events <n>', 'how many events to print', number, 0)
    .option('--json', 'print JSON')
    .action(async (file: string, options: { from: number; events: number; json?: boolean }) => {
      const cassette = await readCassetteFile(file);
      const events = cassette.events.slice(options.from, options.from + options.events);
      if (options.json) process.stdout.write(`${JSON.stringify({ ...cassetteSummary(cassette), events: events.map(({ data, ...event }) => ({ ...event, ...(data ? { data: Buffer.from(data).toString('base64') } : {}) })) }, null, 2)}\n`);
      else process.stdout.write(`${[...summaryLines(cassette), ...events.map((event, place) => cassetteEventLine(event, options.from + place))].join('\n')}\n`);
    });

  command
    .command('export')
    .description('write its transfers as a capture of usbmon (pcap, DLT 220), which Wireshark opens')
    .argument('<file>', 'the cassette')
    .argument('<pcap>', 'the file to write')
    .option('--json', 'print JSON')
    .action(async (file: string, pcap: string, options: { json?: boolean }) => {
      const { head, events } = await readCassetteFile(file);
      const bytes = writeUsbmonPcap(events, Date.parse(head.recordedAt));
      await writeFile(pcap, bytes).catch((error: unknown) => {
        throw new HwlabError({ code: 'not-written', blame: 'usage', message: `${pcap} cannot be written: ${messageOf(error)}` });
      });
      process.stdout.write(options.json ? `${JSON.stringify({ file: pcap, bytes: bytes.length })}\n` : `wrote ${pcap}: ${bytes.length} bytes; open it with Wireshark or: tcpdump -r ${pcap}\n`);
    });

  command
    .command('import')
    .description('make a cassette of one device of a usbmon capture (pcap, pcapng, text), or of a recording of hid-recorder')
    .argument('<capture>', 'the capture, begun before the device was plugged in')
    .argument('<file>', 'the cassette to write')
    .option('--select <device>', 'VID:PID, or number, where the capture has several devices')
    .option('--keep-serial', 'keep the serial number of the captured unit (personal data)')
    .option('--json', 'print JSON')
    .action(async (capture: string, file: string, options: { select?: string; keepSerial?: boolean; json?: boolean }) => {
      const { cassette, notes } = await captureToCassette({ file: basename(capture), bytes: await readCapture(capture), ...(options.select === undefined ? {} : { select: options.select }) }, options.keepSerial ? { keepSerial: true } : {});
      const writer = writeCassetteFile(file, cassette.head);
      for (const event of cassette.events) writer.append(event);
      await writer.end();
      if (options.json) process.stdout.write(`${JSON.stringify({ file, ...cassetteSummary(cassette), notes }, null, 2)}\n`);
      else process.stdout.write(`${[`wrote ${file}`, ...summaryLines(cassette), ...notes.map((note) => `note: ${note}`)].join('\n')}\n`);
    });
}

const recorders: Readonly<Record<Cassette['head']['origin'], string>> = {
  'emulation': 'our own emulation (no real device was there)',
  'proxy': 'a proxy before a device that was elsewhere (the recording cannot tell whether that was a real one)',
  'usbmon': 'a capture of usbmon',
  'hid-recorder': 'hid-recorder, which keeps no date',
};

function summaryLines(cassette: Cassette): string[] {
  const { device, origin, recordedAt, scrubbed, environment, events, transfers, bytes, seconds, tests } = cassetteSummary(cassette);
  return [
    `${oneLine(device, 200)}, recorded ${origin === 'hid-recorder' ? '' : `${recordedAt.slice(0, 19)}Z `}by ${recorders[origin]}`,
    ...Object.entries(environment).map(([name, value]) => oneLine(`${name}: ${value}`, 200)),
    `${events} events, ${transfers} transfers, ${bytes} bytes, ${seconds} s${scrubbed.length > 0 ? `; made unreadable: ${oneLine(scrubbed.join(', '), 200)}` : ''}`,
    ...(tests.length > 0 ? ['tests:', ...tests.map((test) => `  ${oneLine(test, 200)}`)] : []),
  ];
}

async function readCapture(file: string): Promise<Uint8Array> {
  try {
    const facts = await stat(file);
    if (facts.size > longestCapture) throw new HwlabError({ code: 'capture-too-big', blame: 'usage', message: `${file}: ${facts.size} bytes; at most ${longestCapture} are read` });
    return await readFile(file);
  } catch (error) {
    if (error instanceof HwlabError) throw error;
    throw new HwlabError({ code: 'capture-unreadable', blame: 'usage', message: `${file} cannot be read: ${messageOf(error)}`, cause: error });
  }
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number from 0');
  return value;
}
