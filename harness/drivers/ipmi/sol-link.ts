import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { ConsoleEvents, ConsoleLink, ConsoleStream } from '../../capabilities/console-link.ts';
import { ipmiArguments, ipmiEnvironment, ipmiName, ipmitool, type IpmiAccess } from './ipmitool.ts';

const greeting = Buffer.from('[SOL Session operational.');
const escape = 0x7e; // '~', which ipmitool takes for its own at the beginning of a line

/** Serial-over-LAN (IPMI 2.0, chapter 15) by ipmitool. It wants a terminal, which socat makes; both end when this process does. */
export class SolLink implements ConsoleLink {
  readonly name: string;
  readonly #access: IpmiAccess;

  constructor(access: IpmiAccess) {
    this.#access = access;
    this.name = `${ipmiName(access)}, serial-over-LAN`;
  }

  async connect(events: ConsoleEvents, deadline: Deadline): Promise<ConsoleStream> {
    // A client that was killed holds the line for about 40 s. This call also tells a wrong password, which sol activate does not.
    await this.#deactivate(deadline);
    const words = ipmiArguments(this.#access).filter((word) => word !== '-v');
    // socat splits what it runs at spaces; ipmiArguments lets none of its special characters through but the colon, which is escaped.
    const command = ['ipmitool', ...words, 'sol', 'activate'].map((word) => word.replace(/[\\: ]/g, (character) => `\\${character}`)).join(' ');
    const child = spawn('socat', ['-', `EXEC:${command},pty,raw,echo=0,setsid,ctty,stderr`], { env: { ...process.env, ...ipmiEnvironment(this.#access) } });
    const echo = new BreakEcho();
    const stream = new SolStream(child, echo, async () => this.#deactivate(Deadline.after(5000)).catch(() => undefined));
    try {
      await deadline.race(`the console of ${this.name}`, operational(child, events, echo));
      return stream;
    } catch (error) {
      await stream.close();
      if (error instanceof HwlabError && error.code === 'console-unavailable') throw error;
      throw new HwlabError({ code: 'console-unavailable', blame: 'lab', retryable: true, message: `${this.name}: ${this.#access.password.scrub(messageOf(error)).slice(-400)}`, advice: 'switch serial-over-LAN on in its settings and for this user', cause: error });
    }
  }

  async #deactivate(deadline: Deadline): Promise<void> {
    await ipmitool(this.#access, ['sol', 'deactivate'], deadline).catch((error: unknown) => {
      if (!(error instanceof HwlabError)) throw error;
      if (error.code === 'power-refused') throw new HwlabError({ code: 'console-refused', blame: 'lab', message: error.message, ...(error.advice === undefined ? {} : { advice: error.advice }), cause: error });
      if (error.code === 'power-unreachable' || error.code === 'command-missing') throw new HwlabError({ code: 'console-unavailable', blame: 'lab', retryable: true, message: error.message, cause: error });
      // Nothing was active: all the better.
    });
  }
}

/** Resolves at ipmitool's greeting; what comes after it is the machine's. */
async function operational(child: ChildProcessWithoutNullStreams, events: ConsoleEvents, echo: BreakEcho): Promise<void> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let said = '';
  let ended = false;
  child.stderr.on('data', (piece: Buffer) => (said = (said + piece.toString('latin1')).slice(-1000)));
  child.stdin.on('error', () => undefined);
  return new Promise<void>((resolve, reject) => {
    const end = (why: string): void => {
      if (ended) return;
      ended = true;
      if (head === undefined) events.lost(why);
      else reject(new Error(`${why} ${said} ${head.toString('latin1')}`.trim()));
    };
    child.once('error', () => end('socat is not installed; run: ./hwlab doctor --fix'));
    child.once('close', () => end('ipmitool ended the session'));
    child.stdout.on('data', (piece: Buffer) => {
      if (head === undefined) return events.data(echo.take(piece));
      head = Buffer.concat([head, piece]).subarray(-8192);
      const at = head.indexOf(greeting);
      const lineEnd = at < 0 ? -1 : head.indexOf(0x0a, at);
      if (lineEnd < 0) return;
      const rest = head.subarray(lineEnd + 1);
      head = undefined;
      resolve();
      events.data(rest);
    });
  });
}

class SolStream implements ConsoleStream {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #echo: BreakEcho;
  readonly #release: () => Promise<void>;
  #atLineStart = true;

  constructor(child: ChildProcessWithoutNullStreams, echo: BreakEcho, release: () => Promise<void>) {
    this.#child = child;
    this.#echo = echo;
    this.#release = release;
  }

  async write(bytes: Uint8Array, deadline: Deadline): Promise<void> {
    const out: number[] = [];
    for (const byte of bytes) {
      if (byte === escape && this.#atLineStart) out.push(escape);
      out.push(byte);
      this.#atLineStart = byte === 0x0d || byte === 0x0a;
    }
    await this.#put(Buffer.from(out), deadline);
  }

  /** ipmitool's `~B`, which it takes at the beginning of a line only: in the middle of one, a carriage return goes before it. */
  async sendBreak(deadline: Deadline): Promise<void> {
    this.#echo.expected += 1;
    await this.#put(Buffer.from(this.#atLineStart ? '~B' : '\r~B'), deadline);
    this.#atLineStart = true;
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended.catch(() => undefined);
      clearTimeout(killer);
    }
    await this.#release();
  }

  async #put(bytes: Buffer, deadline: Deadline): Promise<void> {
    await deadline.race('writing to the console', new Promise<void>((resolve, reject) => this.#child.stdin.write(bytes, (error) => (error ? reject(new HwlabError({ code: 'console-lost', blame: 'lab', retryable: true, message: 'the console was lost while writing', cause: error })) : resolve()))));
  }
}

/** ipmitool says `~B [send break]` among what the machine prints; once for each break it is taken out again. */
class BreakEcho {
  expected = 0;

  take(piece: Buffer): Buffer {
    if (this.expected === 0) return piece;
    const at = piece.indexOf('~B [send break]');
    if (at < 0) return piece;
    this.expected -= 1;
    const end = piece.indexOf(0x0a, at);
    return Buffer.concat([piece.subarray(0, at), end < 0 || end > at + 17 ? piece.subarray(at + 15) : piece.subarray(end + 1)]);
  }
}
