import { captureError, type CapturePlace } from '../capture/capture-error.ts';
import { captureLimits, type CapturedConfiguration, type CapturedDevice } from '../capture/captured-device.ts';
import { readConfiguration, readDeviceDescriptor, readStringDescriptor } from '../capture/read-descriptors.ts';
import { mostReports, type RecordedReport } from '../hid-recording/hid-recording.ts';
import type { UsbEvent, UsbSetup } from './usb-event.ts';

/** A device that was seen in a capture of transfers, and the interrupt transfers that came from it, by endpoint number. */
export interface SeenDevice {
  readonly device: CapturedDevice;
  /** `device` of a report is the number of its endpoint; times are microseconds since the first. */
  readonly reports: readonly RecordedReport[];
}

interface Answer {
  readonly place: CapturePlace;
  readonly bytes: Uint8Array;
  /** The transfer had more bytes than the capture kept. */
  readonly cut: boolean;
}

interface Growing {
  readonly address: string;
  readonly place: CapturePlace;
  descriptor: Answer | undefined;
  highSpeed: boolean;
  readonly configurations: Map<number, Answer>;
  readonly strings: Map<number, Answer>;
  readonly reportDescriptors: Map<number, Answer>;
  readonly deviceIds: Map<number, Answer>;
  readonly features: Map<string, Uint8Array>;
  readonly reports: RecordedReport[];
}

const mostPending = 10_000;
const mostDevices = 256;
const mostAnswers = 256;

/**
 * Reads the devices off the control transfers of their enumeration.
 * @throws HwlabError usage `capture-not-enumerated` when no device was plugged in while the capture ran, or what the descriptors throw
 */
export function collectDevices(events: Iterable<UsbEvent>): readonly SeenDevice[] {
  const pending = new Map<string, UsbEvent>();
  const devices: Growing[] = [];
  const current = new Map<string, Growing>();
  let last: CapturePlace = {};
  for (const event of events) {
    last = event.place;
    if (event.type === 'submitted') {
      if (event.setup && pending.size < mostPending) pending.set(event.id, event);
      continue;
    }
    const request = pending.get(event.id);
    pending.delete(event.id);
    if (event.status !== 0 || event.device === 0) continue;
    const address = `${String(event.bus).padStart(3, '0')}:${String(event.device).padStart(3, '0')}`;
    const answer: Answer = { place: event.place, bytes: event.data, cut: event.data.length < event.length };
    if (request?.setup) take(devices, current, address, request.setup, answer);
    else if (event.transfer === 'interrupt' && (event.endpoint & 0x80) !== 0 && event.data.length > 0) {
      const growing = current.get(address);
      if (growing && growing.reports.length < mostReports) growing.reports.push({ device: event.endpoint & 15, time: event.time, bytes: event.data });
    }
  }
  const whole = devices.filter(({ descriptor, configurations }) => descriptor && configurations.size > 0);
  if (whole.length === 0) {
    throw captureError('capture-not-enumerated', 'no device was enumerated in this capture: there is no device descriptor with a configuration', last, 'begin the capture before the device is plugged in');
  }
  return whole.map(finish);
}

function take(devices: Growing[], current: Map<string, Growing>, address: string, setup: UsbSetup, answer: Answer): void {
  const type = setup.value >> 8;
  const index = setup.value & 0xff;
  const request = (setup.requestType << 8) | setup.request;
  let growing = current.get(address);
  if (request === 0x8006 && type === 1 && answer.bytes.length >= 18) {
    // Another device got the address of one that left.
    if (growing?.descriptor && !Buffer.from(growing.descriptor.bytes).equals(answer.bytes)) growing = undefined;
    growing ??= begin(devices, address, answer.place);
    current.set(address, growing);
    growing.descriptor = answer;
    return;
  }
  if (!growing) {
    if (request !== 0x8006 || devices.length >= mostDevices) return;
    growing = begin(devices, address, answer.place);
    current.set(address, growing);
  }
  if (request === 0x8006 && type === 2) keepLongest(growing.configurations, index, answer);
  else if (request === 0x8006 && type === 3) keepLongest(growing.strings, index, answer);
  else if (request === 0x8006 && type === 6) growing.highSpeed = true;
  else if (request === 0x8106 && type === 0x22) keepLongest(growing.reportDescriptors, setup.index & 0xff, answer);
  else if (request === 0xa100 && answer.bytes.length >= 2) keepLongest(growing.deviceIds, setup.index >> 8, answer);
  else if (request === 0xa101 && type === 3 && !answer.cut && growing.features.size < mostAnswers) growing.features.set(`${setup.index & 0xff}:${index}`, answer.bytes);
}

function begin(devices: Growing[], address: string, place: CapturePlace): Growing {
  if (devices.length >= mostDevices) throw captureError('capture-too-big', `more than ${mostDevices} devices`, place);
  const growing: Growing = { address, place, descriptor: undefined, highSpeed: false, configurations: new Map(), strings: new Map(), reportDescriptors: new Map(), deviceIds: new Map(), features: new Map(), reports: [] };
  devices.push(growing);
  return growing;
}

function keepLongest(answers: Map<number, Answer>, index: number, answer: Answer): void {
  const known = answers.get(index);
  if (known ? answer.bytes.length > known.bytes.length : answers.size < mostAnswers) answers.set(index, answer);
}

function finish(growing: Growing): SeenDevice {
  const { descriptor, address } = growing;
  if (!descriptor) throw captureError('capture-cut-off', `device ${address} has no device descriptor`, growing.place);
  const { indexes, ...fields } = located(descriptor.place, () => readDeviceDescriptor(descriptor.bytes, descriptor.place.offset ?? 0));
  const text = (index: number): string | undefined => {
    const answer = growing.strings.get(index);
    return answer && index !== 0 && !answer.cut ? readStringDescriptor(answer.bytes) : undefined;
  };
  const configurations = [...growing.configurations]
    .sort(([a], [b]) => a - b)
    .slice(0, captureLimits.configurations)
    .map(([, answer]) => withReportDescriptors(configurationOf(answer, text), growing.reportDescriptors));
  const deviceIds = new Map([...growing.deviceIds].map(([number, { bytes }]) => [number, Buffer.from(bytes.subarray(2)).toString('latin1')]));
  const [manufacturer, product, serial] = indexes.map((index) => (index === 0 ? undefined : text(index)));
  const unread = indexes.filter((index) => index !== 0 && text(index) === undefined).length;
  const notes = unread > 0 ? [`the capture does not show ${unread} of the strings whole`] : [];
  const start = growing.reports[0]?.time ?? 0;
  return {
    device: {
      place: growing.place,
      address,
      speed: growing.highSpeed ? 'high' : undefined,
      ...fields,
      strings: { ...(manufacturer ? { manufacturer } : {}), ...(product ? { product } : {}), ...(serial ? { serial } : {}) },
      configurations,
      deviceIds,
      features: growing.features,
      notes,
    },
    reports: growing.reports.map((report) => ({ ...report, time: Math.max(0, Math.round(report.time - start)) })),
  };
}

function configurationOf(answer: Answer, text: (index: number) => string | undefined): CapturedConfiguration {
  if (answer.cut) throw captureError('capture-cut-off', `the capture kept ${answer.bytes.length} bytes of the configuration`, { ...answer.place, pointer: '/configuration' }, answer.place.line === undefined ? 'capture with a longer snapshot length' : 'the text interface keeps 32 bytes of a transfer: capture usbmon with tcpdump or Wireshark');
  return located(answer.place, () => readConfiguration(answer.bytes, answer.place.offset ?? 0, text));
}

/** Errors inside an answer of a text capture get its line. */
function located<T>(place: CapturePlace, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (place.line === undefined || !(error instanceof Error)) throw error;
    throw captureError('capture-contradicts', error.message, { line: place.line, pointer: '/configuration' });
  }
}

function withReportDescriptors(configuration: CapturedConfiguration, reportDescriptors: ReadonlyMap<number, Answer>): CapturedConfiguration {
  return {
    ...configuration,
    interfaces: configuration.interfaces.map((each) => {
      const answer = reportDescriptors.get(each.number);
      if (!answer) return each;
      if (answer.cut) throw captureError('capture-cut-off', `the capture kept ${answer.bytes.length} bytes of the report descriptor of interface ${each.number}`, answer.place, 'capture usbmon with tcpdump or Wireshark, with a longer snapshot length');
      return { ...each, alternates: each.alternates.map((alternate, index) => (index === 0 ? { ...alternate, reportDescriptor: answer.bytes.slice() } : alternate)) };
    }),
  };
}
