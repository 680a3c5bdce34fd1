import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { ConsoleEvents, ConsoleLink, ConsoleStream } from '../../capabilities/console-link.ts';
import { encodeNegotiation, encodeSubnegotiation, encodeTelnetData, TelnetDecoder, telnetOptions, type TelnetEvent } from '../../wire/telnet/telnet.ts';
import { openSocket, writeSocket } from './tcp-link.ts';

export interface LineSettings {
  /** 115,200 by default. */
  readonly baud?: number;
  /** `none` by default. */
  readonly parity?: 'none' | 'odd' | 'even';
}

/** Commands of RFC 2217, section 3; the server answers each with its number plus 100 and the value that now holds. */
const setting = { baud: 1, dataSize: 2, parity: 3, stopSize: 4, control: 5 } as const;
const parities = { none: 1, odd: 2, even: 3 } as const;
const control = { noFlow: 1, breakOn: 5, breakOff: 6 } as const;

/** A line is asked for its baud rate so often; a server that does not answer in this time again is taken for dead. */
const heartbeat = 10_000;

/** A serial line behind a server that speaks RFC 2217 (ser2net's `telnet(rfc2217)`): speed and parity are set and read back, and a break is a break. */
export class Rfc2217Link implements ConsoleLink {
  readonly name: string;
  readonly #host: string;
  readonly #port: number;
  readonly #settings: Required<LineSettings>;

  constructor(host: string, port: number, settings: LineSettings = {}) {
    this.#host = host;
    this.#port = port;
    this.#settings = { baud: 115_200, parity: 'none', ...settings };
    this.name = `${host}:${port}, RFC 2217`;
  }

  async connect(events: ConsoleEvents, deadline: Deadline): Promise<ConsoleStream> {
    const socket = await openSocket(this.#host, this.#port, deadline);
    const stream = new Rfc2217Stream(this.name, socket, events);
    try {
      await stream.agree(deadline);
      const { baud, parity } = this.#settings;
      await stream.set('the speed', setting.baud, [baud >>> 24, (baud >>> 16) & 255, (baud >>> 8) & 255, baud & 255], deadline);
      await stream.set('8 data bits', setting.dataSize, [8], deadline);
      await stream.set('the parity', setting.parity, [parities[parity]], deadline);
      await stream.set('1 stop bit', setting.stopSize, [1], deadline);
      await stream.set('no flow control', setting.control, [control.noFlow], deadline);
      stream.watch();
      return stream;
    } catch (error) {
      await stream.close();
      if (error instanceof HwlabError && error.code === 'console-unavailable') throw error;
      throw new HwlabError({ code: 'console-unavailable', blame: 'lab', retryable: true, message: `${this.name}: the line could not be set up`, cause: error });
    }
  }
}

class Rfc2217Stream implements ConsoleStream {
  readonly #name: string;
  readonly #socket: Socket;
  readonly #decoder = new TelnetDecoder();
  readonly #events: ConsoleEvents;
  readonly #answers = new Map<number, (value: Uint8Array) => void>();
  readonly #agreed = Promise.withResolvers<boolean>();
  #closed = false;
  #heart: NodeJS.Timeout | undefined;

  constructor(name: string, socket: Socket, events: ConsoleEvents) {
    this.#name = name;
    this.#socket = socket;
    this.#events = events;
    socket.on('data', (piece: Buffer) => {
      for (const event of this.#decoder.add(piece)) this.#take(event);
    });
    socket.once('close', () => this.#lose('the other side closed it'));
  }

  /** Offers the option and waits until the server wants it. */
  async agree(deadline: Deadline): Promise<void> {
    const { binary, suppressGoAhead, comPort } = telnetOptions;
    const words = [encodeNegotiation('will', comPort), encodeNegotiation('will', binary), encodeNegotiation('do', binary), encodeNegotiation('do', suppressGoAhead)];
    await writeSocket(this.#socket, Buffer.concat(words), deadline);
    const wanted = await deadline.within(5000).race('the negotiation', this.#agreed.promise).catch(() => false);
    if (!wanted) throw new HwlabError({ code: 'console-unavailable', blame: 'lab', message: `${this.#name}: the server does not speak RFC 2217 on this port`, advice: "use ser2net's accepter telnet(rfc2217), or the console type tcp" });
  }

  /** Sets one thing and compares what the server says that it is now. */
  async set(what: string, command: number, value: readonly number[], deadline: Deadline): Promise<void> {
    const answer = await this.#ask(command, value, deadline);
    if (Buffer.compare(answer, Uint8Array.from(value)) === 0) return;
    throw new HwlabError({ code: 'console-unavailable', blame: 'lab', message: `${this.#name}: ${what} was not taken; wanted ${value.join('.')}, it is ${[...answer].slice(0, 8).join('.')}`, advice: 'the line may not be able to do it: change it in the lab file' });
  }

  watch(): void {
    this.#heart = setInterval(() => {
      // A baud rate of zero asks for the one that holds.
      this.#ask(setting.baud, [0, 0, 0, 0], Deadline.after(heartbeat)).catch(() => this.#lose('the server does not answer any more'));
    }, heartbeat);
    this.#heart.unref();
  }

  async write(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    await writeSocket(this.#socket, encodeTelnetData(bytes), deadline);
  }

  async sendBreak(deadline: Deadline): Promise<void> {
    await this.#ask(setting.control, [control.breakOn], deadline);
    // As long as tcsendbreak does: a quarter to half a second.
    await delay(300, undefined, { signal: deadline.signal }).catch(() => undefined);
    await this.#ask(setting.control, [control.breakOff], deadline);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#heart);
    this.#socket.destroy();
    return Promise.resolve();
  }

  #lose(why: string): void {
    clearInterval(this.#heart);
    this.#agreed.resolve(false);
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    this.#events.lost(why);
  }

  async #ask(command: number, value: readonly number[], deadline: Deadline): Promise<Uint8Array> {
    const answered = new Promise<Uint8Array>((resolve) => this.#answers.set(command + 100, resolve));
    await writeSocket(this.#socket, encodeSubnegotiation(telnetOptions.comPort, Uint8Array.from([command, ...value])), deadline);
    return deadline.race(`an answer of ${this.#name}`, answered);
  }

  #take(event: TelnetEvent): void {
    if (event.kind === 'data') return this.#events.data(event.bytes);
    if (event.kind === 'subnegotiation' && event.option === telnetOptions.comPort) {
      const command = event.payload[0] ?? 0;
      const waiting = this.#answers.get(command);
      this.#answers.delete(command);
      return waiting?.(event.payload.subarray(1));
    }
    if (event.kind !== 'negotiation') return;
    if (event.option === telnetOptions.comPort && (event.verb === 'do' || event.verb === 'dont')) return this.#agreed.resolve(event.verb === 'do');
    const known = event.option === telnetOptions.binary || event.option === telnetOptions.suppressGoAhead;
    // What was offered above needs no second yes; all else is declined (RFC 854).
    if (known && event.verb === 'do' && event.option === telnetOptions.suppressGoAhead) this.#socket.write(encodeNegotiation('will', event.option));
    else if (!known && event.verb === 'do') this.#socket.write(encodeNegotiation('wont', event.option));
    else if (!known && event.verb === 'will') this.#socket.write(encodeNegotiation('dont', event.option));
  }
}
