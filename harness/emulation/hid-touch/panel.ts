import { axisOf, type HidAxis } from '../../wire/hid/axis.ts';
import { usages } from '../../wire/hid/digitizer-usages.ts';
import { parseReportDescriptor } from '../../wire/hid/parse-report-descriptor.ts';
import { findMouseLayout, type MouseLayout } from '../../wire/hid/mouse-layout.ts';
import { findPenLayout, type PenLayout } from '../../wire/hid/pen-layout.ts';
import { buildReport } from '../../wire/hid/report-bytes.ts';
import { applicationOf, type HidField, type HidReport, type HidReportDescriptor } from '../../wire/hid/report-descriptor.ts';
import { findTouchLayout, type TouchLayout } from '../../wire/hid/touch-layout.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { badModel, behaviourOf, hexBytes, reportDescriptorsOf, type HidTouchBehaviour } from './behaviour.ts';
import type { HidInterfaceParts } from './hid-interface.ts';

/** A model as the emulator runs it: its HID interfaces and where touch and pen reports go. */
export interface Panel {
  readonly interfaces: readonly HidInterfaceParts[];
  /** Undefined for a tablet that only a pen works on. */
  readonly touch: Placed<TouchLayout> | undefined;
  readonly pen: Placed<PenLayout> | undefined;
  /** The mouse that many panels pretend to be towards hosts without a touch driver. */
  readonly mouse: Placed<MouseLayout> | undefined;
  /** Feature reports with which the host says that it takes touches. */
  readonly inputMode: Placed<FeatureField> | undefined;
  readonly certification: Placed<FeatureField> | undefined;
  readonly facts: PanelFacts;
}

/** Where in the device something is. */
export type Placed<Layout> = { readonly interfaceNumber: number; readonly endpoint: number; readonly layout: Layout };

export interface FeatureField {
  readonly report: HidReport;
  readonly field: HidField;
}

/** What a suite must know of the panel to say what is right. */
export interface PanelFacts {
  /** Contacts at once that the product promises. */
  readonly contacts: number;
  /** Contacts that one report carries; fewer than `contacts` means several reports a frame (hybrid mode). */
  readonly contactsPerReport: number;
  /** Whether reports carry a Contact Count, fingers an In Range and a Confidence bit. */
  readonly contactCount: boolean;
  readonly hovers: boolean;
  readonly confidence: boolean;
  /** Whether it has the certification blob by which Linux knows a Windows 8 panel. */
  readonly certified: boolean;
  /** Input reports of vendor collections, for the device's own configuration program. */
  readonly vendor: readonly { readonly interfaceNumber: number; readonly id: number; readonly bytes: number }[];
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
  const placed = <Layout>(find: (descriptor: HidReportDescriptor) => Layout | undefined): Placed<Layout> | undefined => {
    for (const { number, endpoint, descriptor } of interfaces) {
      const layout = find(descriptor);
      if (layout) return { interfaceNumber: number, endpoint, layout };
    }
    return undefined;
  };
  const touch = placed((descriptor) => (descriptor.applications.some(({ usage }) => usage === usages.touchScreen) ? findTouchLayout(descriptor) : undefined));
  const pen = placed(findPenLayout);
  const first = touch?.layout.fingers[0] ?? pen?.layout;
  if (!first) throw badModel(model, 'no interface has a report descriptor with a Touch Screen or a Pen collection');
  if (!touch && behaviour.contacts > 0) throw badModel(model, `it promises ${behaviour.contacts} contacts, and no interface has a Touch Screen collection`);
  return {
    interfaces,
    touch,
    pen,
    mouse: placed(findMouseLayout),
    inputMode: placed((descriptor) => findFeature(descriptor, usages.inputMode)),
    certification: placed((descriptor) => findFeature(descriptor, usages.certification)),
    facts: {
      contacts: behaviour.contacts,
      contactsPerReport: touch?.layout.fingers.length ?? 0,
      contactCount: touch?.layout.contactCount !== undefined,
      hovers: touch?.layout.fingers[0]?.inRange !== undefined,
      confidence: touch?.layout.fingers[0]?.confidence !== undefined,
      certified: interfaces.some(({ descriptor }) => findFeature(descriptor, usages.certification) !== undefined),
      vendor: interfaces.flatMap(({ number, descriptor }) =>
        descriptor.reports
          .filter(({ kind, fields }) => kind === 'input' && fields.length > 0 && fields.every((field) => applicationOf(field) >>> 16 >= 0xff00))
          .map(({ id, bytes }) => ({ interfaceNumber: number, id, bytes })),
      ),
      x: axisOf(first.x),
      y: axisOf(first.y),
      pen: pen && penFacts(pen.layout),
    },
  };
}

function findFeature(descriptor: HidReportDescriptor, usage: number): FeatureField | undefined {
  for (const report of descriptor.reports) {
    const field = report.kind === 'feature' ? report.fields.find((candidate) => candidate.usage === usage) : undefined;
    if (field) return { report, field };
  }
  return undefined;
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
  return { number, endpoint: Number(endpoint.address) & 15, hidDescriptor, reportDescriptorBytes: bytes, descriptor, features: firstFeatures(model, behaviour, number, descriptor), stallsFeatures: behaviour.quirks?.features === 'stall' };
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
