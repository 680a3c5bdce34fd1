import { printerKey } from './printer-key.ts';

/** Class, subclass and protocol of an interface, in two hexadecimal digits each: `07/01/02`. */
export type InterfaceTriple = string;

/** Something that a person asks about, in a form that claims can be compared with. */
export type Subject =
  | { readonly kind: 'usb'; readonly vendor: string; readonly product: string; readonly revision?: string; readonly interfaces?: readonly InterfaceTriple[] }
  | { readonly kind: 'pci'; readonly vendor: string; readonly product: string }
  /** A whole modalias of any bus, as the kernel prints it. */
  | { readonly kind: 'modalias'; readonly modalias: string }
  /** A printer by its IEEE 1284 device id. */
  | { readonly kind: 'ieee1284'; readonly key: string; readonly model: string; readonly languages: readonly string[] };

const longest = 2000;
/** Buses that devices sit on, as the kernel writes them in /sys/.../modalias. */
const modaliasShape = /^(usb|pci|hid|acpi|pnp|pcmcia|sdio|hdaudio|i2c|spi|ieee1394|serio|wmi|input|sdw|mei|mdio|typec|tbsvc|virtio|bcma|ssb|mhi):\S+$/;

/** What `text` names: `04a9:2206`, an lsusb or lspci -nn line, a modalias, an IEEE 1284 id; undefined for anything else, such as the name of a model. */
export function parseAsked(text: string): Subject | undefined {
  const asked = text.slice(0, longest).trim();
  if (/(^|;)\s*(MFG|MANUFACTURER)\s*:/i.test(asked) && /(^|;)\s*(MDL|MODEL)\s*:/i.test(asked)) return printerOf(asked);
  if (modaliasShape.test(asked) && !/^(usb|pci):[0-9a-f]{4}:[0-9a-f]{4}$/i.test(asked)) return { kind: 'modalias', modalias: asked };
  const pci = /^pci[: ]\s*([0-9a-f]{4}):([0-9a-f]{4})$/i.exec(asked) ?? /^(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] .*\[([0-9a-f]{4}):([0-9a-f]{4})\]/i.exec(asked);
  if (pci) return { kind: 'pci', vendor: upper(pci[1]), product: upper(pci[2]) };
  const usb = /^(?:usb[: ]\s*)?(?:0x)?([0-9a-f]{4})\s*:\s*(?:0x)?([0-9a-f]{4})$/i.exec(asked) ?? /^Bus \d+ Device \d+: ID ([0-9a-f]{4}):([0-9a-f]{4})\b/i.exec(asked);
  if (usb) return { kind: 'usb', vendor: upper(usb[1]), product: upper(usb[2]) };
  return undefined;
}

/** `usb 04a9:2206`: how a subject is shown and how names are kept. */
export function subjectText(subject: Subject): string {
  switch (subject.kind) {
    case 'usb':
    case 'pci':
      return `${subject.kind} ${subject.vendor}:${subject.product}`.toLowerCase();
    case 'modalias':
      return subject.modalias;
    case 'ieee1284':
      return subject.model;
  }
}

function printerOf(text: string): Subject {
  const fields = new Map(text.split(';').map((part): [string, string] => {
    const colon = part.indexOf(':');
    return [part.slice(0, Math.max(0, colon)).trim().toUpperCase(), part.slice(colon + 1).trim()];
  }));
  const maker = fields.get('MFG') ?? fields.get('MANUFACTURER') ?? '';
  const model = fields.get('MDL') ?? fields.get('MODEL') ?? '';
  const languages = languagesOf(fields.get('CMD') ?? fields.get('COMMAND SET') ?? '');
  return { kind: 'ieee1284', key: printerKey(maker, model), model: model.toLowerCase().startsWith(maker.toLowerCase()) ? model : `${maker} ${model}`, languages };
}

/** `PCL,PJL` as a list. */
export function languagesOf(commandSet: string): readonly string[] {
  return commandSet.split(',').map((one) => one.trim().toUpperCase()).filter((one) => one !== '');
}

function upper(text: string | undefined): string {
  return (text ?? '').toUpperCase();
}
