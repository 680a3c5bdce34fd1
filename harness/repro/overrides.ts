import { HwlabError } from '../base/hwlab-error.ts';
import { didYouMean } from '../base/near-matches.ts';

/** What a person changes of a result to run it otherwise. */
export interface Overrides {
  readonly image?: string;
  readonly machine?: string;
  readonly transport?: 'usb-redir' | 'usbip';
  /** Instead of those of the result; empty for none. */
  readonly personalities?: readonly string[];
  readonly seed?: number;
  readonly patience?: number;
  /** Added to the kernel's command line. */
  readonly kernelParameters: readonly string[];
}

const keys = ['image', 'machine', 'transport', 'personality', 'seed', 'patience', 'kernel'] as const;

/**
 * Reads `KEY=value` words: image=ID, machine=ID, transport=usbip, personality=ID[+ID] or none, seed=N, patience=N, kernel=PARAMETER (often).
 * @throws HwlabError usage `override-unknown` or `override-invalid`
 */
export function parseOverrides(words: readonly string[]): Overrides {
  const found: { -readonly [key in keyof Overrides]: Overrides[key] } = { kernelParameters: [] };
  for (const word of words) {
    const at = word.indexOf('=');
    const key = keys.find((known) => known === word.slice(0, Math.max(0, at)));
    const value = word.slice(at + 1);
    if (!key) {
      throw new HwlabError({ code: 'override-unknown', blame: 'usage', message: `"${word.slice(0, 80)}" changes nothing that is known${didYouMean(word.split('=')[0] ?? '', keys)}`, advice: `KEY=value with one of: ${keys.join(', ')}` });
    }
    switch (key) {
      case 'image':
      case 'machine':
        if (!/^[a-z0-9][a-z0-9.-]{0,79}$/.test(value)) throw invalid(word, 'an id');
        found[key] = value;
        break;
      case 'transport':
        if (value !== 'usb-redir' && value !== 'usbip') throw invalid(word, 'usb-redir or usbip');
        found.transport = value;
        break;
      case 'personality':
        found.personalities = value === 'none' ? [] : value.split('+');
        break;
      case 'seed':
        if (!/^\d{1,10}$/.test(value) || Number(value) > 0xffffffff) throw invalid(word, 'a whole number below 2^32');
        found.seed = Number(value);
        break;
      case 'patience':
        if (!/^\d{1,4}(\.\d+)?$/.test(value) || Number(value) <= 0) throw invalid(word, 'a number above 0');
        found.patience = Number(value);
        break;
      case 'kernel':
        // One word of a command line: no quotes, no blanks.
        if (!/^[\w.,:;+/@=-]{1,200}$/.test(value)) throw invalid(word, 'one parameter of a kernel, such as usbcore.autosuspend=-1');
        found.kernelParameters = [...found.kernelParameters, value];
        break;
    }
  }
  return found;
}

function invalid(word: string, expected: string): HwlabError {
  return new HwlabError({ code: 'override-invalid', blame: 'usage', message: `${word.slice(0, 80)}: expected ${expected}` });
}
