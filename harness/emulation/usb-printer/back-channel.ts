import { setTimeout as delay } from 'node:timers/promises';
import { deviceIdText } from './printer-requests.ts';
import type { UsbPrinterBehaviour } from './usb-printer-behaviour.ts';

const answers: readonly { readonly query: RegExp; readonly answer: (id: string, paper: boolean) => string }[] = [
  { query: /@PJL\s+INFO\s+ID\b/i, answer: (id) => `@PJL INFO ID\r\n"${id}"\r\n\f` },
  { query: /@PJL\s+INFO\s+STATUS\b/i, answer: (_id, paper) => `@PJL INFO STATUS\r\n${status(paper)}\f` },
  { query: /@PJL\s+USTATUS\s+DEVICE\s*=\s*ON\b/i, answer: (_id, paper) => `@PJL USTATUS DEVICE\r\n${status(paper)}\f` },
];

const maxLine = 1024;
/** Nine bytes, as a receipt printer sends its automatic status over and over. */
const statusWords = Uint8Array.of(0x23, 0x86, 0, 0, 0, 0, 0, 0, 0);

/** What the printer says on its bulk IN pipe. Codes of PJL status: 10001 ready, 41000-series paper out (HP PJL Technical Reference, appendix D). */
export class BackChannel {
  readonly #now: () => UsbPrinterBehaviour;
  readonly #model: string;
  readonly #send: (bytes: Uint8Array) => Promise<void>;
  readonly #paper: () => boolean;
  #line = '';
  #talking: AbortController | undefined;

  constructor(options: { readonly behaviour: () => UsbPrinterBehaviour; readonly model: string; readonly send: (bytes: Uint8Array) => Promise<void>; readonly paper: () => boolean }) {
    this.#now = options.behaviour;
    this.#model = options.model;
    this.#send = options.send;
    this.#paper = options.paper;
  }

  /** Reads along with the job. */
  onData(bytes: Uint8Array): void {
    const behaviour = this.#now();
    const repeated = repeatedWords(behaviour);
    if (repeated && !this.#talking) void this.#repeat(repeated);
    if (behaviour.backChannel !== 'pjl') return;
    // Only PJL lines matter; a piece without the prefix, that does not go on with a line, is job data.
    if (this.#line === '' && !Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('@PJL')) return;
    const lines = (this.#line + Buffer.from(bytes).toString('latin1')).split(/\r?\n/);
    const last = lines.pop() ?? '';
    this.#line = last.includes('@PJL') ? last.slice(last.lastIndexOf('@PJL')).slice(0, maxLine) : '';
    for (const line of lines) {
      const known = answers.find(({ query }) => query.test(line));
      if (known) void this.#say(known.answer(this.#model, this.#paper()));
    }
  }

  stop(): void {
    this.#talking?.abort();
    this.#talking = undefined;
    this.#line = '';
  }

  async #say(text: string): Promise<void> {
    const controller = (this.#talking ??= new AbortController());
    await this.#pause(controller.signal);
    if (!controller.signal.aborted) await this.#send(Buffer.from(text, 'latin1'));
  }

  /** The same at every read, for as long as someone reads. */
  async #repeat(words: Uint8Array): Promise<void> {
    const controller = (this.#talking = new AbortController());
    while (!controller.signal.aborted) {
      await this.#pause(controller.signal);
      if (controller.signal.aborted) return;
      await this.#send(words);
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const { backChannel, backChannelDelay } = this.#now();
    const wait = backChannelDelay ?? (backChannel === 'pjl' ? 0 : 20);
    if (wait > 0) await delay(wait, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** What comes at every read, whether it was asked for or not. */
function repeatedWords(behaviour: UsbPrinterBehaviour): Uint8Array | undefined {
  switch (behaviour.backChannel) {
    case 'device-id':
      return Buffer.from(deviceIdText(behaviour), 'utf8');
    case 'empty':
      return new Uint8Array(0);
    case 'status':
      return statusWords;
    default:
      return undefined;
  }
}

function status(paper: boolean): string {
  return paper ? 'CODE=10001\r\nDISPLAY="Ready"\r\nONLINE=TRUE\r\n' : 'CODE=41213\r\nDISPLAY="Load paper"\r\nONLINE=FALSE\r\n';
}
