import { HwlabError } from '../../base/hwlab-error.ts';
import type { PrinterControls } from '../../emulation/ipp-usb-mfp/printer-controls.ts';
import type { ScannerControls } from '../../emulation/escl/scanner-controls.ts';
import type { HidTouchControls } from '../../emulation/hid-touch/hid-touch.ts';

/** One word of a device's prompt: what a person does at the device. */
export interface DeviceWord {
  readonly usage: string;
  readonly says: string;
  readonly fits: (unit: { readonly controls: unknown }) => boolean;
  readonly run: (unit: { readonly controls: unknown }, words: readonly string[]) => Promise<string> | string;
}

type Paper = Pick<PrinterControls, 'setPaper' | 'hold'>;

/** The words of the classes of devices; which of them a unit has, its controls say. */
export const deviceWords: readonly DeviceWord[] = [
  {
    usage: 'paper out|in|SHEETS',
    says: 'takes the paper out, lays it in, or lays so many sheets in',
    fits: (unit) => printerOf(unit) !== undefined,
    run: (unit, [what]) => {
      const printer = need(printerOf(unit));
      if (what === 'out' || what === 'in') printer.setPaper(what === 'in');
      else if ('loadPaper' in printer) (printer as PrinterControls).loadPaper(numbers([what ?? ''], 1)[0] ?? 0);
      else throw badWord('paper out|in');
      return `paper ${what ?? ''}`;
    },
  },
  {
    usage: 'pause on|off',
    says: 'takes no more data, or takes it again',
    fits: (unit) => printerOf(unit) !== undefined,
    run: (unit, [what]) => {
      need(printerOf(unit)).hold(onOff(what, 'pause on|off'));
      return `pause ${what ?? ''}`;
    },
  },
  {
    usage: 'behave JSON',
    says: 'other behaviour than the model says, until reset',
    fits: ({ controls }) => methodOf(controls, 'behave') !== undefined,
    run: async ({ controls }, words) => {
      await methodOf(controls, 'behave')?.(jsonObject(words.join(' ')));
      return 'it behaves so now';
    },
  },
  { usage: 'feeder SHEETS', says: 'lays so many sheets in the feeder', fits: (unit) => scannerOf(unit) !== undefined, run: (unit, [count]) => (need(scannerOf(unit)).loadFeeder(numbers([count ?? ''], 1)[0] ?? 0), `${count ?? ''} sheets in the feeder`) },
  {
    usage: 'jam [AFTER]|clear',
    says: 'paper jam now, or behind so many sheets; clear takes it out',
    fits: (unit) => scannerOf(unit) !== undefined,
    run: (unit, [what]) => {
      const scanner = need(scannerOf(unit));
      if (what === undefined || what === 'clear') scanner.setJam(what === undefined);
      else scanner.jamAfter(numbers([what], 1)[0] ?? 0);
      return what === 'clear' ? 'the jam is cleared' : 'jammed';
    },
  },
  {
    usage: 'door open|closed',
    says: 'opens or shuts the cover',
    fits: (unit) => scannerOf(unit) !== undefined,
    run: (unit, [what]) => {
      if (what !== 'open' && what !== 'closed') throw badWord('door open|closed');
      need(scannerOf(unit)).setDoor(what);
      return `the door is ${what}`;
    },
  },
  { usage: 'stop', says: 'presses the stop button of the scanner', fits: (unit) => scannerOf(unit) !== undefined, run: (unit) => (need(scannerOf(unit)).pressStop(), 'pressed') },
  {
    usage: 'touch X Y [X Y ...]',
    says: 'one finger down there, along the places, and up; 0 to 1 of the width and height',
    fits: (unit) => touchOf(unit) !== undefined,
    run: async (unit, words) => {
      const places = numbers(words, 1);
      if (places.length < 2 || places.length % 2 !== 0) throw badWord('touch X Y [X Y ...]');
      const path = Array.from({ length: places.length / 2 }, (_, index) => ({ id: 0, x: places[2 * index] ?? 0, y: places[2 * index + 1] ?? 0 }));
      const last = path.at(-1) ?? { id: 0, x: 0, y: 0 };
      const { reports } = await need(touchOf(unit)).touch([...path.map((contact) => [contact]), [{ ...last, tip: false }]]);
      return `${reports} reports sent${need(touchOf(unit)).polled ? '' : ', but the driver does not listen'}`;
    },
  },
  {
    usage: 'press NAME [JSON ...]',
    says: 'any other thing that its controls can do; without NAME their names',
    fits: ({ controls }) => typeof controls === 'object' && controls !== null,
    run: async ({ controls }, [name, ...values]) => {
      if (name === undefined) return methodNames(controls).join(' ');
      const method = methodOf(controls, name);
      if (!method) throw new HwlabError({ code: 'device-prompt', blame: 'usage', message: `it cannot do "${name.slice(0, 40)}"`, advice: `it can: ${methodNames(controls).join(', ')}` });
      const done: unknown = await method(...values.map(jsonValue));
      return done === undefined ? 'done' : JSON.stringify(done, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).slice(0, 20_000);
    },
  },
];

function printerOf({ controls }: { readonly controls: unknown }): Paper | undefined {
  const printer = inner(controls, 'printer') ?? controls;
  return methodOf(printer, 'setPaper') && methodOf(printer, 'hold') ? (printer as Paper) : undefined;
}

function scannerOf({ controls }: { readonly controls: unknown }): ScannerControls | undefined {
  const scanner = inner(controls, 'scanner');
  return methodOf(scanner, 'loadFeeder') ? (scanner as ScannerControls) : undefined;
}

function touchOf({ controls }: { readonly controls: unknown }): HidTouchControls | undefined {
  return methodOf(controls, 'touch') && methodOf(controls, 'pen') ? (controls as HidTouchControls) : undefined;
}

function inner(controls: unknown, name: string): unknown {
  return typeof controls === 'object' && controls !== null ? (controls as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** A method of the controls, by its name or `part.name`; nothing that every object has. */
function methodOf(controls: unknown, name: string): ((...values: readonly unknown[]) => unknown) | undefined {
  const [first = '', second] = name.split('.');
  if (second !== undefined) return methodOf(inner(controls, first), second);
  if (typeof controls !== 'object' || controls === null || first in Object.prototype) return undefined;
  const method: unknown = (controls as Readonly<Record<string, unknown>>)[first];
  return typeof method === 'function' ? (...values) => (method as (...values: readonly unknown[]) => unknown).apply(controls, [...values]) : undefined;
}

/** What drivers and transports call, and nobody presses. */
const notForPeople: ReadonlySet<string> = new Set(['constructor', 'attach', 'plugInto', 'createFunction', 'control', 'out', 'decode', 'isochronous']);

function methodNames(controls: unknown): readonly string[] {
  const names = new Set<string>();
  for (let level: unknown = controls; typeof level === 'object' && level !== null && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) if (typeof value === 'function' && !notForPeople.has(name) && !name.startsWith('on')) names.add(name);
  }
  for (const part of ['printer', 'scanner']) for (const name of methodOf(controls, part) ? [] : namesOf(inner(controls, part))) names.add(`${part}.${name}`);
  return [...names].sort();
}

function namesOf(controls: unknown): readonly string[] {
  return typeof controls === 'object' && controls !== null ? Object.entries(controls as Record<string, unknown>).flatMap(([name, value]) => (typeof value === 'function' ? [name] : [])) : [];
}

function numbers(words: readonly string[], most: number): readonly number[] {
  return words.map((word) => {
    const value = Number(word);
    if (word === '' || !Number.isFinite(value) || value < 0 || value > (most === 1 && words.length > 1 ? 1 : 1e6)) throw new HwlabError({ code: 'device-prompt', blame: 'usage', message: `"${word.slice(0, 40)}" is no number that fits here` });
    return value;
  });
}

function onOff(word: string | undefined, how: string): boolean {
  if (word !== 'on' && word !== 'off') throw badWord(how);
  return word === 'on';
}

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function jsonObject(text: string): object {
  const value = jsonValue(text);
  if (typeof value !== 'object' || value === null) throw badWord('behave {"name": value}');
  return value;
}

function need<T>(value: T | undefined): T {
  if (value === undefined) throw new HwlabError({ code: 'device-prompt', blame: 'usage', message: 'this device has no such part' });
  return value;
}

function badWord(how: string): HwlabError {
  return new HwlabError({ code: 'device-prompt', blame: 'usage', message: `it goes so: ${how}` });
}
