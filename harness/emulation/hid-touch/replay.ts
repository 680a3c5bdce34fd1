import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HwlabError } from '../../base/hwlab-error.ts';
import { projectRoot } from '../../base/places.ts';
import type { HidRecording } from '../../wire/hid-recording/hid-recording.ts';
import { parseHidRecording } from '../../wire/hid-recording/parse-hid-recording.ts';
import { readReport } from '../../wire/hid/report-bytes.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { badModel, behaviourOf, reportDescriptorsOf } from './behaviour.ts';
import type { Panel } from './panel.ts';

/** Recordings of models, in the text form of hid-recorder: `behaviour.recording` is the file's name without `.hid`. */
export const recordingsFolder = join(projectRoot, 'fixtures/recordings');

const longestFile = 64 * 1024 * 1024;

/** A report of the recording as it goes out. */
export interface ReplayedReport {
  /** Number of its interface in the model. */
  readonly interfaceNumber: number;
  /** Milliseconds since the first. */
  readonly time: number;
  readonly bytes: Uint8Array;
}

/** A recording as a suite needs to know it. */
export interface ReplayFacts {
  readonly reports: number;
  readonly milliseconds: number;
  /** Most contacts that were down at once. */
  readonly mostContacts: number;
  /** How often a contact came down. */
  readonly touches: number;
}

export interface ReplayOptions {
  /** 1 by default; 2 is twice as fast. */
  readonly speed?: number;
  /** Pauses are cut to this many milliseconds; 1000 by default, for nothing happens in them. */
  readonly longestPause?: number;
}

/** How it went out. */
export interface Replayed {
  /** Fewer than the recording has when the device was unplugged. */
  readonly reports: number;
  readonly milliseconds: number;
  /** Most milliseconds that a report went out after its time. */
  readonly longestLag: number;
}

/**
 * The recording of a model, its reports under the model's interfaces.
 * @throws HwlabError usage `no-recording`, `bad-model`, or what the parser throws
 */
export async function readModelRecording(model: EmulatedModel, folder = recordingsFolder): Promise<readonly ReplayedReport[]> {
  const { recording: name } = behaviourOf(model);
  if (name === undefined || !/^[a-z0-9][a-z0-9-]{0,79}$/.test(name)) {
    throw new HwlabError({ code: 'no-recording', blame: 'usage', message: `model ${model.id} has no recording to replay`, advice: 'import one: ./hwlab model import RECORDING.hid' });
  }
  const file = join(folder, `${name}.hid`);
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile() || facts.size > longestFile) throw new HwlabError({ code: 'no-recording', blame: 'usage', message: `model ${model.id} names the recording ${name}, but there is no file fixtures/recordings/${name}.hid of at most ${longestFile} bytes` });
  return reportsOfModel(model, parseHidRecording(await readFile(file, 'utf8')));
}

/** Maps the devices of a recording to interfaces by their report descriptors. @throws HwlabError usage `bad-model` */
export function reportsOfModel(model: EmulatedModel, { devices, reports }: HidRecording): readonly ReplayedReport[] {
  const descriptors = [...reportDescriptorsOf(model)];
  const numbers = devices.map(({ reportDescriptor, physical }) => {
    const same = descriptors.filter(([, bytes]) => Buffer.from(bytes).equals(reportDescriptor)).map(([number]) => number);
    const told = Number(/\/input(\d{1,2})$/.exec(physical ?? '')?.[1] ?? NaN);
    return same.includes(told) ? told : same[0];
  });
  return reports.map(({ device, time, bytes }) => {
    const interfaceNumber = numbers[device];
    if (interfaceNumber === undefined) throw badModel(model, `its recording is of a device with another report descriptor (device ${device} of the recording)`);
    return { interfaceNumber, time: time / 1000, bytes };
  });
}

/** What happens in a recording: contacts of the touch report, counted by their ids. */
export function replayFacts(reports: readonly ReplayedReport[], { touch }: Pick<Panel, 'touch'>): ReplayFacts {
  let down = new Set<number>();
  let mostContacts = 0;
  let touches = 0;
  for (const { interfaceNumber, bytes } of reports) {
    const report = touch?.layout.report;
    if (!touch || !report || interfaceNumber !== touch.interfaceNumber || bytes.length !== report.bytes || (report.id !== 0 && bytes[0] !== report.id)) continue;
    const values = readReport(report, bytes);
    const now = new Set(down);
    touch.layout.fingers.forEach((finger, index) => {
      const id = (finger.contactId && values.get(finger.contactId)) ?? index;
      if (values.get(finger.tip) === 1) now.add(id);
      else now.delete(id);
    });
    touches += [...now].filter((id) => !down.has(id)).length;
    mostContacts = Math.max(mostContacts, now.size);
    down = now;
  }
  return { reports: reports.length, milliseconds: Math.ceil(reports.at(-1)?.time ?? 0), mostContacts, touches };
}

/** Sends the reports at their times; the schedule is absolute, so that a late one does not shift the rest. Ends when `signal` aborts. */
export async function replay(reports: readonly ReplayedReport[], options: ReplayOptions, signal: AbortSignal, send: (report: ReplayedReport) => Promise<void>): Promise<Replayed> {
  const { speed = 1, longestPause = 1000 } = options;
  const start = performance.now();
  let due = 0;
  let last = reports[0]?.time ?? 0;
  let sent = 0;
  let longestLag = 0;
  for (const report of reports) {
    due += Math.min(Math.max(0, report.time - last) / speed, longestPause);
    last = report.time;
    const wait = start + due - performance.now();
    if (wait > 0) await delay(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    longestLag = Math.max(longestLag, performance.now() - start - due);
    await send(report);
    sent++;
  }
  return { reports: sent, milliseconds: Math.round(performance.now() - start), longestLag: Math.round(longestLag) };
}
