import { HwlabError } from '../../base/hwlab-error.ts';
import { editDescriptor } from '../../wire/hid/edit-descriptor.ts';
import type { EmulatedModel } from '../usb-device.ts';
import type { TouchQuirks } from './quirks.ts';

/** `behaviour` of a model with emulator `hid-touch`; checked by hardware-db/schemas/emulators/hid-touch.schema.json. */
export interface HidTouchBehaviour {
  /** Contacts at once that the product promises; 0 for a tablet that only a pen works on. */
  readonly contacts: number;
  /** What the device answers as Contact Count Maximum; `contacts` where absent. */
  readonly contactCountMaximum?: number;
  /** By interface number: the report descriptor as lines of hex bytes. */
  readonly reportDescriptors: Readonly<Record<string, readonly string[]>>;
  /** By `interface:report id`: the data of a feature report, hex, without the id. Those not given are derived or zero. */
  readonly features?: Readonly<Record<string, string>>;
  /** What the device sent when it was recorded: fixtures/recordings/<recording>.hid, in the form of hid-recorder. */
  readonly recording?: string;
  /** What the firmware does otherwise than the specification says. */
  readonly quirks?: TouchQuirks;
  /** Deliberate breaks, for negative controls. */
  readonly defects?: TouchDefects;
}

export interface TouchDefects {
  /** How the sensor reports positions. */
  readonly axes?: 'y-inverted' | 'swapped';
  /** Every n-th touch report is not sent. */
  readonly loseEvery?: number;
  /** A lifted contact is never reported as lifted. */
  readonly neverLifts?: boolean;
  /** A palm is reported like a finger. */
  readonly alwaysConfident?: boolean;
  /** A contact that is only near is reported as touching. */
  readonly touchesWhenNear?: boolean;
  /** Contacts are numbered by their place in the report. */
  readonly idsBySlot?: boolean;
  /** The pen's pressure is always reported as this fraction of its range. */
  readonly pressure?: number;
}

/** Bytes of hex text with or without spaces. @throws HwlabError usage `bad-hex` */
export function hexBytes(text: string, where: string): Uint8Array {
  const digits = text.replaceAll(/\s+/g, '');
  if (!/^([0-9a-f]{2})*$/i.test(digits)) throw new HwlabError({ code: 'bad-hex', blame: 'usage', message: `${where}: not hex bytes: ${text.slice(0, 60)}` });
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

/** The report descriptors of a model by interface number. @throws HwlabError usage `bad-model` */
export function reportDescriptorsOf(model: EmulatedModel): ReadonlyMap<number, Uint8Array> {
  const behaviour = behaviourOf(model);
  const descriptors = new Map<number, Uint8Array>();
  for (const [number, lines] of Object.entries(behaviour.reportDescriptors)) {
    const bytes = hexBytes(lines.join(' '), `model ${model.id}, report descriptor of interface ${number}`);
    descriptors.set(Number(number), behaviour.quirks?.descriptor ? editDescriptor(bytes, behaviour.quirks.descriptor) : bytes);
  }
  return descriptors;
}

/** The schema has checked the shape when the file was read; this catches models that were made in code. */
export function behaviourOf(model: EmulatedModel): HidTouchBehaviour {
  const behaviour = model.behaviour as unknown as Partial<HidTouchBehaviour>;
  if (typeof behaviour.contacts !== 'number' || typeof behaviour.reportDescriptors !== 'object') throw badModel(model, 'behaviour needs contacts and reportDescriptors');
  return behaviour as HidTouchBehaviour;
}

export function badModel(model: EmulatedModel, what: string): HwlabError {
  return new HwlabError({ code: 'bad-model', blame: 'usage', message: `model ${model.id}: ${what}`, advice: `correct fixtures/devices/panels/${model.id}.json` });
}
