import { axisOf, type HidAxis } from '../../wire/hid/axis.ts';
import { usages } from '../../wire/hid/digitizer-usages.ts';
import { parseReportDescriptor } from '../../wire/hid/parse-report-descriptor.ts';
import { findPenLayout, type PenLayout } from '../../wire/hid/pen-layout.ts';
import { buildReport } from '../../wire/hid/report-bytes.ts';
import type { HidField, HidReportDescriptor } from '../../wire/hid/report-descriptor.ts';
import { findTouchLayout, type TouchLayout } from '../../wire/hid/touch-layout.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { badModel, behaviourOf, hexBytes, reportDescriptorsOf, type HidTouchBehaviour } from './behaviour.ts';
import type { HidInterfaceParts } from './hid-interface.ts';

/** A model as the emulator runs it: its HID interfaces and where touch and pen reports go. */
export interface Panel {
  readonly interfaces: readonly HidInterfaceParts[];
  readonly touch: { readonly interfaceNumber: number; readonly endpoint: number; readonly layout: TouchLayout };
  readonly pen: { readonly interfaceNumber: number; readonly endpoint: number; readonly layout: PenLayout } | undefined;
  readonly facts: PanelFacts;
}

/** What a suite must know of the panel to say what is right. */
export interface PanelFacts {
  /** Contacts at once that the product promises. */
  readonly contacts: number;
  /** Contacts that one report carries; fewer than `contacts` means several reports a frame (hybrid mode). */
  readonly contactsPerReport: number;
  readonly x: HidAxis;
  readonly y: HidAxis;
  readonly pen: PenFacts | undefined;
}

export interface PenFacts {
  readonly x: HidAxis;
  readonly y: HidAxis;
  /** Whether the pen says that it is near without touching. */
  readonly hovers: boolean;
  /** Highest value, where it has pressure. */
  readonly pressureMax: number | undefined;
  readonly eraser: boolean;
  readonly barrel: boolean;
  readonly tilt: boolean;
}

/** @throws HwlabError usage `bad-model` or `hid-...` */
export function readPanel(model: EmulatedModel): Panel {
  const behaviour = behaviourOf(model);
  const interfaces = [...reportDescriptorsOf(model)].map(([number, bytes]) => interfaceParts(model, behaviour, number, bytes));
  const place = ({ number, endpoint }: HidInterfaceParts): { interfaceNumber: number; endpoint: number } => ({ interfaceNumber: number, endpoint });
  const touching = interfaces.find((parts) => parts.descriptor.applications.some((application) => application.usage === usages.touchScreen));
  if (!touching) throw badModel(model, 'no interface has a report descriptor with a Touch Screen collection');
  const layout = findTouchLayout(touching.descriptor);
  const first = layout.fingers[0];
  if (!first) throw badModel(model, 'the touch report has no finger');
  const pens = interfaces.flatMap((parts) => {
    const penLayout = findPenLayout(parts.descriptor);
    return penLayout ? [{ ...place(parts), layout: penLayout }] : [];
  });
  return {
    interfaces,
    touch: { ...place(touching), layout },
    pen: pens[0],
    facts: { contacts: behaviour.contacts, contactsPerReport: layout.fingers.length, x: axisOf(first.x), y: axisOf(first.y), pen: pens[0] && penFacts(pens[0].layout) },
  };
}

function penFacts(layout: PenLayout): PenFacts {
  return {
    x: axisOf(layout.x),
    y: axisOf(layout.y),
    hovers: layout.inRange !== undefined,
    pressureMax: layout.pressure?.logicalMax,
    eraser: layout.eraser !== undefined && layout.invert !== undefined,
    barrel: layout.barrel !== undefined,
    tilt: layout.xTilt !== undefined && layout.yTilt !== undefined,
  };
}

function interfaceParts(model: EmulatedModel, behaviour: HidTouchBehaviour, number: number, bytes: Uint8Array): HidInterfaceParts {
  const alternate = model.usb.configuration.interfaces.find((candidate) => candidate.number === number)?.alternates[0];
  if (!alternate) throw badModel(model, `a report descriptor for interface ${number}, which the USB configuration does not have`);
  const endpoint = alternate.endpoints.find(({ address, type }) => type === 'interrupt' && (Number(address) & 0x80) !== 0);
  if (!endpoint) throw badModel(model, `interface ${number} has no interrupt IN endpoint`);
  const hidDescriptor = alternate.extra?.map((hex) => hexBytes(hex, `model ${model.id}`)).find((extra) => extra[1] === 0x21);
  if (!hidDescriptor || hidDescriptor.length < 9) throw badModel(model, `interface ${number} has no HID descriptor (09 21 ...) among its extra descriptors`);
  const told = (hidDescriptor[7] ?? 0) | ((hidDescriptor[8] ?? 0) << 8);
  if (told !== bytes.length) throw badModel(model, `the HID descriptor of interface ${number} says that the report descriptor has ${told} bytes; it has ${bytes.length}`);
  const descriptor = parseReportDescriptor(bytes);
  return { number, endpoint: Number(endpoint.address) & 15, hidDescriptor, reportDescriptorBytes: bytes, descriptor, features: firstFeatures(model, behaviour, number, descriptor) };
}

/** Feature reports as the device has them after power-on: from the model, else Contact Count Maximum filled in and the rest zero. */
function firstFeatures(model: EmulatedModel, behaviour: HidTouchBehaviour, number: number, descriptor: HidReportDescriptor): ReadonlyMap<number, Uint8Array> {
  const features = new Map<number, Uint8Array>();
  for (const report of descriptor.reports) {
    if (report.kind !== 'feature') continue;
    const values = new Map<HidField, number>();
    const maximum = report.fields.find((field) => field.usage === usages.contactCountMaximum);
    if (maximum) values.set(maximum, behaviour.contactCountMaximum ?? behaviour.contacts);
    const bytes = buildReport(report, values);
    const hex = behaviour.features?.[`${number}:${report.id}`];
    if (hex !== undefined) {
      const data = hexBytes(hex, `model ${model.id}, feature ${number}:${report.id}`);
      const room = bytes.length - (report.id === 0 ? 0 : 1);
      if (data.length > room) throw badModel(model, `feature ${number}:${report.id} has ${data.length} bytes; its report has room for ${room}`);
      bytes.set(data, report.id === 0 ? 0 : 1);
    }
    features.set(report.id, bytes);
  }
  return features;
}
