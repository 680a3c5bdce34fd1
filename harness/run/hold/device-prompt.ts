import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { didYouMean } from '../../base/near-matches.ts';
import type { FaultRule, WireEvent } from '../../emulation/usb-device.ts';
import { hasReset } from '../worker/attached-unit.ts';
import { deviceWords, type DeviceWord } from './device-words.ts';

/** A live emulated unit, as the prompt drives it. */
export interface PromptedUnit {
  readonly name: string;
  readonly controls: unknown;
  readonly plugged: boolean;
  plug(): Promise<void>;
  unplug(): Promise<void>;
  fault(rule: FaultRule): void;
  clearFaults(): void;
  wire(): readonly WireEvent[];
}

const faultKinds = ['stall', 'slow', 'short', 'disconnect', 'silent'] as const;

const ownWords: readonly DeviceWord[] = [
  { usage: 'status', says: 'whether it is plugged in, and what it counts', fits: () => true, run: () => '' },
  { usage: 'plug', says: 'plugs it in and waits until the guest has configured it', fits: () => true, run: () => '' },
  { usage: 'unplug', says: 'pulls the cable', fits: () => true, run: () => '' },
  { usage: 'wire [N]', says: 'the last N things on the cable (10), decoded', fits: () => true, run: () => '' },
  { usage: `fault ${faultKinds.join('|')} ENDPOINT [after=TRANSFERS] [bytes=N] [times=N|ever] [delay=MS]`, says: 'the next fault; ENDPOINT as 0x81, 0 for control', fits: () => true, run: () => '' },
  { usage: 'faults clear', says: 'forgets faults that have not struck', fits: () => true, run: () => '' },
  { usage: 'reset', says: 'as after power-on', fits: ({ controls }) => hasReset(controls), run: () => '' },
];

/**
 * Does one line of the prompt of a device and says what came of it.
 * @throws HwlabError usage for a line that makes no sense; what the device or the guest meets comes as text of the error
 */
export async function runDevicePrompt(unit: PromptedUnit, line: string): Promise<string> {
  const [word = '', ...rest] = line.trim().split(/\s+/).slice(0, 64);
  switch (word) {
    case '':
    case 'help':
      return helpText(unit);
    case 'status':
      return statusText(unit);
    case 'plug':
      await unit.plug();
      return 'plugged in, configured by the guest';
    case 'unplug':
      await unit.unplug();
      return 'unplugged';
    case 'wire':
      return wireText(unit.wire().slice(-count(rest[0] ?? '10', 1, 1000)));
    case 'fault': {
      const rule = parseFault(rest);
      unit.fault(rule);
      return `armed: ${JSON.stringify(rule)}`;
    }
    case 'faults':
      unit.clearFaults();
      return 'no fault is armed';
    case 'reset':
      if (hasReset(unit.controls)) unit.controls.reset();
      return 'reset';
    default:
      return await classWord(unit, word, rest);
  }
}

async function classWord(unit: PromptedUnit, word: string, rest: readonly string[]): Promise<string> {
  const fitting = deviceWords.filter((each) => each.fits(unit));
  const found = fitting.find(({ usage }) => usage.split(' ')[0] === word);
  if (!found) {
    const known = [...ownWords, ...fitting].map(({ usage }) => usage.split(' ')[0] ?? '');
    throw usage(`${unit.name} does not know "${word.slice(0, 40)}"${didYouMean(word, known)}`, 'help lists what it knows');
  }
  try {
    return await found.run(unit, rest);
  } catch (error) {
    if (error instanceof HwlabError) throw error;
    throw usage(`${word}: ${messageOf(error)}`, found.usage);
  }
}

function helpText(unit: PromptedUnit): string {
  const words = [...ownWords, ...deviceWords].filter((word) => word.fits(unit));
  return words.map(({ usage: how, says }) => (how.length > 30 ? `  ${how}\n${' '.repeat(34)}${says}` : `  ${how.padEnd(32)}${says}`)).join('\n');
}

function statusText(unit: PromptedUnit): string {
  const shown = Object.entries(countersOf(unit.controls)).map(([name, value]) => `${name} ${value}`);
  return [`${unit.name}: ${unit.plugged ? 'plugged in' : 'not plugged in'}`, ...shown, `${unit.wire().length} things on the cable since the test began`].join('\n');
}

/** Plain values of the controls, and how many a list has; whatever the class of the device. */
function countersOf(controls: unknown, prefix = ''): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  if (typeof controls !== 'object' || controls === null) return found;
  const names = new Set([...Object.keys(controls), ...Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(controls) as object)).flatMap(([name, { get }]) => (get ? [name] : []))]);
  for (const name of names) {
    if (name === '__proto__') continue;
    const value = (controls as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') found[`${prefix}${name}`] = String(value).slice(0, 200);
    else if (Array.isArray(value)) found[`${prefix}${name}`] = `(${value.length})`;
    else if (prefix === '' && typeof value === 'object' && value !== null && ['printer', 'scanner', 'raw'].includes(name)) Object.assign(found, countersOf(value, `${name}.`));
  }
  return found;
}

function wireText(events: readonly WireEvent[]): string {
  const line = ({ t, from, kind, endpoint, length, status, meaning, head }: WireEvent): string =>
    [new Date(t).toISOString().slice(11, 23), from.padEnd(6), kind, ...(endpoint === undefined ? [] : [`0x${endpoint.toString(16).padStart(2, '0')}`]), ...(length === undefined ? [] : [`${length} B`]), ...(status === undefined || status === 'ok' ? [] : [status]), meaning ?? head?.slice(0, 32) ?? ''].join(' ');
  return events.length === 0 ? 'nothing was on the cable' : events.map(line).join('\n');
}

function parseFault([kind, endpoint, ...settings]: readonly string[]): FaultRule {
  const known = faultKinds.find((each) => each === kind);
  if (!known) throw usage(`a fault is one of ${faultKinds.join(', ')}`, 'fault stall 0x81 after=3');
  if (endpoint === undefined || !/^(0x[0-9a-f]{1,2}|\d{1,3})$/i.test(endpoint) || Number(endpoint) > 0x8f) throw usage(`"${endpoint ?? ''}" is no endpoint`, 'its address with the direction: 0x81, 0x02; 0 for control requests');
  const rule: { -readonly [key in keyof FaultRule]: FaultRule[key] } = { kind: known, endpoint: Number(endpoint) };
  for (const setting of settings) {
    const [name, value = ''] = setting.split('=');
    if (name === 'after') rule.afterTransfers = count(value, 0, 1e9);
    else if (name === 'bytes') rule.afterBytes = count(value, 0, 2 ** 40);
    else if (name === 'delay') rule.delay = count(value, 0, 600_000);
    else if (name === 'times') rule.times = value === 'ever' ? Infinity : count(value, 1, 1e9);
    else throw usage(`a fault has no setting "${setting.slice(0, 40)}"`, 'after=3 bytes=4096 times=2 delay=500');
  }
  return rule;
}

function count(text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d{1,15}$/.test(text) || value < least || value > most) throw usage(`"${text.slice(0, 40)}" is no number from ${least} to ${most}`);
  return value;
}

function usage(message: string, advice?: string): HwlabError {
  return new HwlabError({ code: 'device-prompt', blame: 'usage', message, ...(advice === undefined ? {} : { advice }) });
}
