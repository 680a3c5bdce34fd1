import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ReadStream } from 'node:tty';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runCommand } from '../../base/run-command.ts';
import type { ConsoleEvents, ConsoleLink, ConsoleStream } from '../../capabilities/console-link.ts';
import type { LineSettings } from './rfc2217-link.ts';

/** A serial port of this host, for example `/dev/serial/by-id/usb-FTDI_...`: set with stty, read back, and no program between. */
export class SerialLink implements ConsoleLink {
  readonly name: string;
  readonly #device: string;
  readonly #settings: Required<LineSettings>;

  constructor(device: string, settings: LineSettings = {}) {
    if (!/^\/dev\/[\w./:-]+$|^\/tmp\/[\w./-]+$/.test(device)) throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${JSON.stringify(device)} is no serial port` });
    this.#device = device;
    this.#settings = { baud: 115_200, parity: 'none', ...settings };
    this.name = device;
  }

  async connect(events: ConsoleEvents, deadline: Deadline): Promise<ConsoleStream> {
    const { baud, parity } = this.#settings;
    const lines = { none: ['-parenb'], odd: ['parenb', 'parodd'], even: ['parenb', '-parodd'] }[parity];
    let handle;
    try {
      // `raw` and no echo; `clocal` and `-hupcl`: no modem lines, and none dropped when we go, which would reset some boards.
      await runCommand('stty', ['-F', this.#device, String(baud), 'raw', '-echo', 'cs8', '-cstopb', 'clocal', '-hupcl', '-crtscts', 'cread', ...lines], { deadline });
      const speed = (await runCommand('stty', ['-F', this.#device, 'speed'], { deadline })).stdout.trim();
      if (speed !== String(baud)) throw new Error(`its speed is ${speed} and not ${baud}`);
      handle = await open(this.#device, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    } catch (cause) {
      if (cause instanceof HwlabError && cause.code === 'command-missing') throw cause;
      throw new HwlabError({ code: 'console-unavailable', blame: 'lab', retryable: true, message: `${this.#device} cannot be opened as a serial port`, advice: 'check that it is plugged in, and that this user is in the group dialout', cause });
    }
    const file = handle;
    // Its own descriptor: the stream closes the one it reads, and writing goes on until `close`.
    const reader = new ReadStream(file.fd);
    let closed = false;
    const lose = (why: string): void => {
      if (closed) return;
      closed = true;
      reader.destroy();
      events.lost(why);
    };
    reader.on('data', (piece: Buffer) => events.data(piece));
    reader.once('error', (error) => lose(error.message));
    reader.once('close', () => lose('the port is gone'));
    reader.once('end', () => lose('the port is gone'));
    return {
      write: async (bytes, until) => until.race('writing to the console', writeAll(reader, bytes)),
      sendBreak: async (until) => {
        // Node has no call for it; perl is part of every Debian, and its tcsendbreak is the system's.
        await runCommand('perl', ['-MPOSIX', '-e', 'open(my $f, "+<", $ARGV[0]) or die "$!\\n"; defined POSIX::tcsendbreak(fileno($f), 0) or die "$!\\n"', this.#device], { deadline: until });
      },
      close: async () => {
        closed = true;
        reader.destroy();
        await file.close().catch(() => undefined);
      },
    };
  }
}

async function writeAll(stream: ReadStream, bytes: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => stream.write(bytes, (error) => (error ? reject(new HwlabError({ code: 'console-lost', blame: 'lab', retryable: true, message: 'the console was lost while writing', cause: error })) : resolve())));
}
