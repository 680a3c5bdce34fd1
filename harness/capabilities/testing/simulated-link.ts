import { HwlabError } from '../../base/hwlab-error.ts';
import type { ConsoleEvents, ConsoleLink, ConsoleStream } from '../console-link.ts';

/** A serial line in memory. */
export class SimulatedLink implements ConsoleLink {
  readonly name = 'a line in memory';
  /** What was sent; a break is \u2401. */
  received = '';
  refused = false;
  #events: ConsoleEvents | undefined;

  async connect(events: ConsoleEvents): Promise<ConsoleStream> {
    if (this.refused) throw new HwlabError({ code: 'console-refused', blame: 'lab', message: 'the line refuses the password' });
    this.#events = events;
    return Promise.resolve({
      write: async (bytes) => Promise.resolve(void (this.received += Buffer.from(bytes).toString('latin1'))),
      sendBreak: async () => Promise.resolve(void (this.received += '\u2401')),
      close: async () => Promise.resolve(void (this.#events = undefined)),
    });
  }

  print(text: string | Uint8Array): void {
    this.#events?.data(Buffer.from(text));
  }

  cut(): void {
    this.#events?.lost('the line was cut');
  }
}
