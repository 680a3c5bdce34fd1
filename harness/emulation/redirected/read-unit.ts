import { HwlabError } from '../../base/hwlab-error.ts';
import type { Deadline } from '../../base/deadline.ts';
import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { CapturedDevice } from '../../wire/capture/captured-device.ts';
import { parseReportDescriptor } from '../../wire/hid/parse-report-descriptor.ts';
import { writeUsbmonPcap } from '../../wire/pcap/write-usbmon-pcap.ts';
import type { UsbSetup } from '../../wire/usbmon/usb-event.ts';
import { redirSpeeds } from '../../wire/usbredir/packet.ts';
import type { Replacement } from '../cassette/scrub.ts';
import { fitUsb } from '../import/fit-usb.ts';
import { ImportNotes } from '../import/import-notes.ts';
import { readCapture } from '../import/read-capture.ts';
import { SerialFiller } from '../import/serial-filler.ts';
import type { UsbDescriptors } from '../usb-device.ts';
import type { RedirectedDevice } from './redirected-device.ts';

/** What a redirected unit says of itself, asked before a guest sees it. */
export interface ReadUnit {
  /** Its descriptors; the serial number is replaced unless it is to be kept. */
  readonly usb: UsbDescriptors;
  /** What must not be written down, and what stands there instead. */
  readonly replacements: readonly Replacement[];
  /** Bytes of the reports of HID endpoints by `address:report id`, id 0 where there are none. */
  readonly reports: ReadonlyMap<string, number>;
  /** Where the emulation has to show it otherwise when it is replayed. */
  readonly notes: readonly string[];
}

const longestAnswer = 4096;

/** Asks for descriptors, strings, HID report descriptors and device ids of printers. @throws HwlabError lab `unit-silent`, usage `capture-...` when they are malformed */
export async function readUnit(device: RedirectedDevice, keepSerial: boolean, deadline: Deadline): Promise<ReadUnit> {
  const events: CassetteEvent[] = [];
  const ask = async (requestType: number, request: number, value: number, index: number, length: number): Promise<Uint8Array | undefined> => {
    const setup = { requestType, request, value, index, length };
    const data = await deadline.race('the descriptors of the redirected device', askControl(device, setup));
    if (data) events.push({ t: events.length, from: 'host', kind: 'control', endpoint: 0x80, setup, status: 'ok', data });
    return data;
  };
  const descriptor = await ask(0x80, 6, 0x0100, 0, 18);
  const configuration = await ask(0x80, 6, 0x0200, 0, longestAnswer);
  if (descriptor?.length !== 18 || !configuration) throw new HwlabError({ code: 'unit-silent', blame: 'lab', message: 'the redirected device does not give its descriptors' });
  for (const index of new Set([14, 15, 16].map((at) => descriptor[at] ?? 0))) if (index > 0) await ask(0x80, 6, 0x0300 | index, 0x0409, 255);
  const first = captured(events);
  for (const { number, alternates } of first.configurations[0]?.interfaces ?? []) {
    if (alternates[0]?.class[0] === 3) await ask(0x81, 6, 0x2200, number, longestAnswer);
    if (alternates[0]?.class[0] === 7) await ask(0xa1, 0, 0, number << 8, 1023);
  }
  const whole = captured(events);
  const filler = new SerialFiller(keepSerial);
  filler.learn(whole.strings.serial);
  for (const id of whole.deviceIds.values()) filler.cleanDeviceId(id);
  const notes = new ImportNotes();
  const usb = fitUsb(whole, notes, filler, { streams: true });
  const [, , { speed }] = device.introduction;
  const named = (Object.entries(redirSpeeds) as [UsbDescriptors['speed'], number][]).find(([, code]) => code === speed)?.[0];
  return { usb: { ...usb, ...(named === undefined || named === 'super' ? {} : { speed: named }) }, replacements: filler.replacements, reports: reportsOf(whole), notes: [...notes.assumptions, ...notes.unserved] };
}

/** An answer of the device, no longer than was asked for, undefined when it refuses. @throws HwlabError lab `unit-lost` */
async function askControl(device: RedirectedDevice, { requestType, request, value, index, length }: UsbSetup): Promise<Uint8Array | undefined> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
  device.ask({ name: 'control', id: 0n, endpoint: requestType & 0x80, requestType, request, status: 'ok', value, index, length, data: new Uint8Array(0) }, (answer) => resolve(answer.name === 'control' && answer.status === 'ok' ? Uint8Array.from(answer.data.subarray(0, length)) : undefined));
  const lost = device.lost.then((error) => {
    throw error;
  });
  return await Promise.race([promise, lost]);
}

/** Read as a capture of the same requests would be, by the reader that is used to untrusted ones. */
function captured(events: readonly CassetteEvent[]): CapturedDevice {
  const { device } = readCapture({ file: 'the redirected device', bytes: writeUsbmonPcap(events, 0), kind: 'pcap' });
  if (!device) throw new HwlabError({ code: 'unit-silent', blame: 'lab', message: 'the redirected device does not give its descriptors' });
  return device;
}

function reportsOf(device: CapturedDevice): ReadonlyMap<string, number> {
  return new Map(
    (device.configurations[0]?.interfaces ?? []).flatMap(({ alternates }) => {
      const [alternate] = alternates;
      if (!alternate?.reportDescriptor) return [];
      const inputs = parseReportDescriptor(alternate.reportDescriptor).reports.filter(({ kind }) => kind === 'input');
      return alternate.endpoints.filter(({ address, type }) => type === 'interrupt' && (address & 0x80) !== 0).flatMap(({ address }) => inputs.map(({ id, bytes }): [string, number] => [`${address}:${id}`, bytes]));
    }),
  );
}
