import { TinyPython } from './tiny-python.ts';

/** What the prompt says of itself. */
export interface ReplFacts {
  /** `MicroPython v1.14-893-gbae6ff2ee on 2021-11-04; LEGO Technic Large Hub with STM32F413xx` */
  readonly banner: string;
}

const keys = { raw: 0x01, friendly: 0x02, interrupt: 0x03, end: 0x04, paste: 0x05, enter: 0x0d, backspace: 0x7f } as const;
const prompt = '>>> ';
/** Most characters of a line or a program. */
const mostInput = 256 * 1024;

type Mode = 'program' | 'friendly' | 'paste' | 'raw';

/** MicroPython's prompt: the friendly one, paste mode, and the raw one that tools use. Bytes go in, `say` takes what is answered. */
export class Repl {
  readonly #facts: ReplFacts;
  readonly #say: (text: string) => void;
  #python = new TinyPython();
  #mode: Mode = 'program';
  #input = '';
  /** Programs that were run to their end since the hub was switched on. */
  programs = 0;

  constructor(facts: ReplFacts, say: (text: string) => void) {
    this.#facts = facts;
    this.#say = say;
  }

  get mode(): Mode {
    return this.#mode;
  }

  /** As after switching on: the hub's own program runs. */
  restart(): void {
    this.#python = new TinyPython();
    this.#mode = 'program';
    this.#input = '';
    this.programs = 0;
  }

  feed(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.#mode === 'program') this.#whileRunning(byte);
      else if (this.#mode === 'friendly') this.#friendly(byte);
      else if (this.#mode === 'paste') this.#paste(byte);
      else this.#raw(byte);
    }
  }

  /** The hub's own program heeds nothing but an interrupt. */
  #whileRunning(byte: number): void {
    if (byte !== keys.interrupt) return;
    this.#say('\r\nTraceback (most recent call last):\r\n  File "main.py", line 1, in <module>\r\nKeyboardInterrupt: \r\n');
    this.#toFriendly();
  }

  #friendly(byte: number): void {
    switch (byte) {
      case keys.raw:
        this.#toRaw();
        return;
      case keys.friendly:
        this.#say('\r\n');
        this.#toFriendly();
        return;
      case keys.interrupt:
        this.#input = '';
        this.#say(`\r\n${prompt}`);
        return;
      case keys.end:
        if (this.#input === '') this.#softReboot();
        return;
      case keys.paste:
        this.#mode = 'paste';
        this.#input = '';
        this.#say('\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== ');
        return;
      case keys.backspace:
        if (this.#input === '') return;
        this.#input = this.#input.slice(0, -1);
        this.#say('\b \b');
        return;
      case keys.enter:
        this.#say('\r\n');
        this.#run((output, error) => this.#say(`${output}${error}${prompt}`));
        return;
      default:
        if (byte < 0x20) return;
        this.#take(byte);
        this.#say(String.fromCharCode(byte));
    }
  }

  #paste(byte: number): void {
    switch (byte) {
      case keys.interrupt:
        this.#mode = 'friendly';
        this.#input = '';
        this.#say(`\r\n${prompt}`);
        return;
      case keys.end:
        this.#mode = 'friendly';
        this.#say('\r\n');
        this.#run((output, error) => this.#say(`${output}${error}${prompt}`));
        return;
      default:
        this.#take(byte);
        this.#say(byte === keys.enter ? '\r\n=== ' : String.fromCharCode(byte));
    }
  }

  #raw(byte: number): void {
    switch (byte) {
      case keys.raw:
        this.#toRaw();
        return;
      case keys.friendly:
        this.#say('\r\n');
        this.#toFriendly();
        return;
      case keys.interrupt:
        this.#input = '';
        return;
      case keys.end:
        this.#run((output, error) => this.#say(`OK${output}\x04${error}\x04>`));
        return;
      default:
        this.#take(byte);
    }
  }

  #run(answer: (output: string, error: string) => void): void {
    const { output, error } = this.#python.run(this.#input);
    this.#input = '';
    if (error === '') this.programs += 1;
    answer(output, error);
  }

  #take(byte: number): void {
    if (this.#input.length < mostInput) this.#input += String.fromCharCode(byte);
  }

  #toFriendly(): void {
    this.#mode = 'friendly';
    this.#input = '';
    this.#say(`${this.#facts.banner}\r\nType "help()" for more information.\r\n${prompt}`);
  }

  #toRaw(): void {
    this.#mode = 'raw';
    this.#input = '';
    this.#say('\r\nraw REPL; CTRL-B to exit\r\n>');
  }

  #softReboot(): void {
    this.#say('\r\nMPY: soft reboot\r\n');
    const { programs } = this;
    this.restart();
    this.programs = programs;
  }
}
