import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { parseHidRecording } from '../../wire/hid-recording/parse-hid-recording.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { reportDescriptorsOf } from './behaviour.ts';
import { createHidTouch } from './hid-touch.ts';
import { readPanel } from './panel.ts';
import { recordingsFolder, replay, replayFacts, reportsOfModel, type ReplayedReport } from './replay.ts';
import { touchReports } from './touch-reports.ts';

const model = JSON.parse(readFileSync(join(projectRoot, 'fixtures/devices/panels/irtouch-6615-0070.json'), 'utf8')) as EmulatedModel;

/** A recording of two fingers, the second of which comes later, as hid-recorder writes it. */
function recording(): string {
  const { touch } = readPanel(model);
  if (!touch) throw new Error('a panel');
  const descriptor = reportDescriptorsOf(model).get(0) ?? new Uint8Array();
  const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const frames = [[{ id: 0, x: 0.1, y: 0.1 }], [{ id: 0, x: 0.1, y: 0.1 }, { id: 1, x: 0.5, y: 0.5 }], [{ id: 0, x: 0.1, y: 0.1, tip: false }, { id: 1, x: 0.5, y: 0.5, tip: false }]];
  const events = frames.flatMap((frame, index) => [...touchReports(touch.layout, frame, index)].map((report) => `E: 000000.${String(index * 20_000).padStart(6, '0')} ${report.length} ${hex(report)}`));
  return [`D: 0`, `R: ${descriptor.length} ${hex(descriptor)}`, 'N: IRTOUCH', 'P: usb-0000:00:14.0-1/input0', 'I: 3 6615 0070', ...events].join('\n');
}

describe('recordings of the models', () => {
  const panels = join(projectRoot, 'fixtures/devices/panels');
  const models = readdirSync(panels).map((name) => JSON.parse(readFileSync(join(panels, name), 'utf8')) as EmulatedModel);
  for (const name of existsSync(recordingsFolder) ? readdirSync(recordingsFolder) : []) {
    it(`${name} is of a model, and has what is in its report descriptor`, () => {
      const owner = models.find(({ behaviour }) => `${String(behaviour['recording'])}.hid` === name);
      expect(owner, `no model names ${name}`).to.not.equal(undefined);
      if (owner) expect(reportsOfModel(owner, parseHidRecording(readFileSync(join(recordingsFolder, name), 'utf8')))).to.not.be.empty;
    });
  }
});

describe('replay of a recording', () => {
  const reports = reportsOfModel(model, parseHidRecording(recording()));

  it('puts reports under the interface with the same report descriptor, with their times', () => {
    expect(reports.map(({ interfaceNumber, time }) => [interfaceNumber, time])).to.deep.equal([[0, 0], [0, 20], [0, 40]]);
  });

  it('counts what happens in it', () => {
    expect(replayFacts(reports, readPanel(model))).to.deep.equal({ reports: 3, milliseconds: 40, mostContacts: 2, touches: 2 });
  });

  it('keeps the order and does not send before the time', async () => {
    const start = performance.now();
    const sent: [number, number][] = [];
    const result = await replay(reports, {}, new AbortController().signal, async (report) => void sent.push([report.time, performance.now() - start]));
    expect(result.reports).to.equal(3);
    for (const [due, at] of sent) expect(at).to.be.at.least(due - 2);
  });

  it('cuts long pauses', async () => {
    const far: ReplayedReport[] = reports.map((report, index) => ({ ...report, time: index * 3_600_000 }));
    const result = await replay(far, { longestPause: 5 }, new AbortController().signal, async () => undefined);
    expect(result.reports).to.equal(3);
  });

  it('ends at the unplug', async () => {
    const unplugged = new AbortController();
    const result = await replay(reports, {}, unplugged.signal, async () => unplugged.abort());
    expect(result.reports).to.equal(1);
  });

  it('refuses a recording of another device, and a model without one', async () => {
    const other = parseHidRecording(recording().replace(/R: (\d+) 05 01/, 'R: $1 05 0d'));
    expect(() => reportsOfModel(model, other)).to.throw('another report descriptor');
    const failure = await createHidTouch(model).controls.replay().catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'no-recording');
  });
});
