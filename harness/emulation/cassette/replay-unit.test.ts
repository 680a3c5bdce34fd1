import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { cassetteSchema, type Cassette, type CassetteEvent } from '../../wire/cassette/cassette.ts';
import { createArduinoUno, type ArduinoUnoControls } from '../arduino-uno/arduino-uno.ts';
import { fingersDown, fingersMove, fingersUp } from '../hid-touch/gestures.ts';
import { createHidTouch, type HidTouchControls } from '../hid-touch/hid-touch.ts';
import { plugIntoFake, type FakePlug } from '../testing/fake-qemu.ts';
import { createLegoBrick } from '../lego-brick/lego-brick.ts';
import type { EmulatedModel, EmulatedUnit } from '../usb-device.ts';
import { createUsbPrinter, type RawPrinterControls } from '../usb-printer/usb-printer.ts';
import { growCassette } from './grow-cassette.ts';
import { recordUnit } from './record-unit.ts';
import { replayUnit, type ReplayedUnit, type ReplayMode } from './replay-unit.ts';

const load = async (path: string): Promise<EmulatedModel> => JSON.parse(await readFile(join(projectRoot, 'fixtures/devices', path), 'utf8')) as EmulatedModel;
const uno = await load('robotics/arduino-uno-r3.json');
const printer = await load('printers/hp-laserjet-p1102.json');
const ev3 = await load('robotics/lego-ev3.json');
const panel = await load('panels/hwlab-panel-65.json');

interface Driver<C> {
  readonly plugged: FakePlug;
  readonly controls: C;
  readonly mark: (name: string) => void;
}

async function record<C>(unit: EmulatedUnit<C>, play: (driver: Driver<C>) => Promise<void>): Promise<Cassette> {
  const events: CassetteEvent[] = [];
  const recorded = recordUnit(unit, (event) => events.push(event));
  const plugged = await plugIntoFake(recorded.unit, recorded.onWire);
  await play({ plugged, controls: recorded.unit.controls as C, mark: recorded.mark });
  plugged.close();
  return { head: { schema: cassetteSchema, origin: 'emulation', recordedAt: '2026-11-22T10:00:00.000Z', model: unit.model as unknown as Cassette['head']['model'], environment: {}, scrubbed: [] }, events };
}

async function replay<C>(cassette: Cassette, shadow: EmulatedUnit<C>, play: (driver: Driver<C>) => Promise<void>, mode: ReplayMode = 'strict'): Promise<ReplayedUnit> {
  const replayed = replayUnit(cassette, { mode, shadow });
  const plugged = await plugIntoFake(replayed.unit);
  await play({ plugged, controls: replayed.unit.controls as C, mark: replayed.mark });
  plugged.close();
  expect(plugged.failures).to.deep.equal([]);
  return replayed;
}

const out = 4;
const bulkIn = 3;
const send = async ({ guest }: FakePlug, hex: string): Promise<void> => void (await guest.bulkOut(out, Buffer.from(hex, 'hex')));
const answer = async ({ guest }: FakePlug, bytes: number): Promise<string> => {
  let data = Buffer.alloc(0);
  while (data.length < bytes) data = Buffer.concat([data, (await guest.bulkIn(bulkIn, 128)).data]);
  return data.toString('hex');
};
/** What avrdude does, in short: reset by DTR, speed, sign on, signature. `cut` sends it byte by byte. */
const signature =
  (cut = false, speed = '00c20100000008', command = '7520') =>
  async ({ plugged }: Driver<unknown>): Promise<void> => {
    await plugged.guest.controlOut(0x21, 0x20, 0, 0, Buffer.from(speed, 'hex'));
    await plugged.guest.controlOut(0x21, 0x22, 1, 0);
    await send(plugged, '3020');
    expect(await answer(plugged, 2)).to.equal('1410');
    for (const piece of cut ? (command.match(/../g) ?? []) : [command]) await send(plugged, piece);
    expect(await answer(plugged, 5)).to.equal('141e950f10');
  };

describe('a replayed device', () => {
  it('answers the driver that it was recorded with, and says that all of the tape was used', async () => {
    const cassette = await record(createArduinoUno(uno), signature());
    // What a device answers at once stands after what it answers to.
    expect(cassette.events.flatMap(({ kind, endpoint }) => (kind === 'bulk' ? [endpoint] : []))).to.deep.equal([out, 0x80 | bulkIn, out, 0x80 | bulkIn]);
    const { report } = await replay(cassette, createArduinoUno(uno), signature());
    expect(report()).to.deep.include({ verdict: 'match', divergences: 0, benign: 0, pending: [] });
  });

  it('does not mind how the driver cuts its bytes into transfers', async () => {
    const cassette = await record(createArduinoUno(uno), signature());
    const { report } = await replay(cassette, createArduinoUno(uno), signature(true));
    expect(report().verdict).to.equal('match');
  });

  it('does not wait for a setting that came before the test began this time', async () => {
    const firstCoding = async ({ plugged }: Driver<unknown>): Promise<void> => void (await plugged.guest.controlOut(0x21, 0x20, 0, 0, Buffer.from('80250000000008', 'hex')));
    const cassette = await record(createArduinoUno(uno), async (driver) => {
      driver.mark('test');
      await firstCoding(driver);
      await signature()(driver);
    });
    const { report } = await replay(cassette, createArduinoUno(uno), async (driver) => {
      driver.mark('test');
      await signature()(driver);
    });
    expect(report()).to.deep.include({ divergences: 0, pending: [] });
  });

  it('names the first request that the driver made otherwise, with what was expected and what came before', async () => {
    const cassette = await record(createArduinoUno(uno), signature());
    const { report } = await replay(
      cassette,
      createArduinoUno(uno),
      async ({ plugged }) => {
        expect((await plugged.guest.controlOut(0x21, 0x20, 0, 0, Buffer.from('80250000000008', 'hex'))).status).to.equal('stall');
      },
      'strict',
    );
    const { verdict, first } = report();
    expect(verdict).to.equal('divergence');
    expect(first).to.include({ what: 'request', found: '0x21 0x20, value 0x0000, index 0x0000 with 80 25 00 00 00 00 08 (SET_LINE_CODING 9600 8N1)' });
    expect(first?.expected).to.contain('00 c2 01 00 00 00 08 (SET_LINE_CODING 115200 8N1)');
    expect(cassette.events[first?.index ?? -1]?.kind).to.equal('control');
  });

  it('goes on after a request with another value when it is lenient', async () => {
    const cassette = await record(createArduinoUno(uno), signature());
    const { report } = await replay(cassette, createArduinoUno(uno), signature(false, '80250000000008'), 'lenient');
    expect(report()).to.deep.include({ verdict: 'divergence', divergences: 1 });
  });

  it('says what followed a request also when it is lenient and the request had another value', async () => {
    const recorded = await record(createArduinoUno(uno), async ({ plugged }) => void (await plugged.guest.controlOut(0x21, 0x20, 0, 0, Buffer.from('00c20100000008', 'hex'))));
    const at = recorded.events.findIndex(({ kind, setup }) => kind === 'control' && setup?.request === 0x20) + 1;
    const greeting: CassetteEvent = { t: recorded.events[at - 1]?.t ?? 0, from: 'device', kind: 'bulk', endpoint: 0x80 | bulkIn, status: 'ok', data: Buffer.from('hello') };
    const cassette = { ...recorded, events: recorded.events.toSpliced(at, 0, greeting) };
    const { report } = await replay(
      cassette,
      createArduinoUno(uno),
      async ({ plugged }) => {
        await plugged.guest.controlOut(0x21, 0x20, 0, 0, Buffer.from('80250000000008', 'hex'));
        expect(await answer(plugged, 5)).to.equal(Buffer.from('hello').toString('hex'));
      },
      'lenient',
    );
    expect(report()).to.deep.include({ divergences: 1, pending: [] });
  });

  it('finds the first byte that differs in a stream', async () => {
    const cassette = await record(createArduinoUno(uno), signature());
    const { report } = await replay(cassette, createArduinoUno(uno), async ({ plugged }) => {
      await plugged.guest.controlOut(0x21, 0x20, 0, 0, Buffer.from('00c20100000008', 'hex'));
      await plugged.guest.controlOut(0x21, 0x22, 1, 0);
      await send(plugged, '3021');
    });
    expect(report().first).to.include({ what: 'data', found: '21', expected: `20 (STK500 GET_SYNC) at byte 1 to endpoint ${out}` });
  });

  it('is stalled, and says what for, when the driver never says what the device waited for', async () => {
    const cassette = await record(createArduinoUno(uno), signature());
    const { report } = await replay(cassette, createArduinoUno(uno), async ({ plugged }) => {
      await plugged.guest.controlOut(0x21, 0x20, 0, 0, Buffer.from('00c20100000008', 'hex'));
      await plugged.guest.controlOut(0x21, 0x22, 1, 0);
      await send(plugged, '30');
      await new Promise((resolve) => setTimeout(resolve, 2300));
    });
    expect(report().verdict).to.equal('stalled');
    expect(report().pending.join()).to.match(/endpoint 3: 14 10, after byte 2 to endpoint 4 \(1 came\)/);
  }).timeout(5000);

  it('sends nothing before its cause: what the suite does, too', async () => {
    const play = async ({ plugged, controls }: Driver<ArduinoUnoControls>): Promise<void> => {
      await plugged.guest.controlOut(0x21, 0x22, 1, 0);
      const waiting = plugged.guest.bulkIn(bulkIn, 128);
      await new Promise((resolve) => setTimeout(resolve, 30));
      controls.print(Buffer.from('hello'));
      expect((await waiting).data.toString()).to.equal('hello');
    };
    const quiet = { ...uno, behaviour: { ...uno.behaviour, greeting: '' } };
    const cassette = await record(createArduinoUno(quiet), play);
    expect(cassette.events.map(({ kind, name }) => name ?? kind).slice(-3)).to.deep.equal(['print', 'bulk', 'unplug']);
    const { report } = await replay(cassette, createArduinoUno(quiet), play);
    expect(report().verdict).to.equal('match');
  });

  it('says in its own time what was no answer: the sketch greets when the boot loader has waited, so that the class that looks on is there too', async () => {
    const greeting = Buffer.from(String(uno.behaviour['greeting']), 'latin1').toString('hex');
    const play = async ({ plugged, controls }: Driver<ArduinoUnoControls>): Promise<void> => {
      await plugged.guest.controlOut(0x21, 0x22, 1, 0);
      expect(await answer(plugged, greeting.length / 2)).to.equal(greeting);
      await send(plugged, '707570696c');
      expect(await answer(plugged, 5)).to.equal('707570696c');
      expect(Buffer.from(controls.received()).toString()).to.equal('pupil');
    };
    const cassette = await record(createArduinoUno(uno), play);
    expect((await replay(cassette, createArduinoUno(uno), play)).report().verdict).to.equal('match');
  });

  it('shows the suite what really came: the job of this driver, not of the recorded one', async () => {
    const play =
      (text: string) =>
      async ({ plugged, controls }: Driver<RawPrinterControls>): Promise<void> => {
        await plugged.guest.bulkOut(1, Buffer.from(`\x1b%-12345X@PJL JOB NAME="${text}"\r\n\x1bE`));
        await new Promise((resolve) => setTimeout(resolve, 20));
        expect(Buffer.from(controls.jobs[0]?.document.head ?? []).toString()).to.contain(text);
      };
    const cassette = await record(createUsbPrinter(printer), play('exam-10'));
    const same = await replay(cassette, createUsbPrinter(printer), play('exam-11'));
    expect(same.report().verdict, 'the name of a job is volatile').to.equal('match');
  });

  it('takes as slowly as the suite tells it to, so that a cable is pulled at the same place', async () => {
    const play = async ({ plugged, controls }: Driver<RawPrinterControls>): Promise<void> => {
      controls.setSpeed(100_000);
      const began = performance.now();
      for (let part = 0; part < 3; part++) await plugged.guest.bulkOut(1, Buffer.alloc(8192, part));
      expect(performance.now() - began).to.be.above(80);
    };
    const cassette = await record(createUsbPrinter(printer), play);
    expect((await replay(cassette, createUsbPrinter(printer), play)).report().verdict).to.equal('match');
  });

  it('sends the counter back that this driver counts with', async () => {
    const ask = (counter: number): Buffer => {
      const report = Buffer.alloc(1024);
      report.writeUInt16LE(counter, 2);
      report.set([0x01, 0x9d], 4);
      report.writeUInt16LE(4, 0);
      return report;
    };
    const play =
      (first: number) =>
      async ({ plugged }: Driver<unknown>): Promise<void> => {
        const reports: Buffer[] = [];
        await plugged.guest.startInterrupt(1, (report) => reports.push(report));
        for (const counter of [first, first + 1]) {
          await plugged.guest.interruptOut(1, ask(counter));
          while (reports.length === 0) await new Promise((resolve) => setImmediate(resolve));
          expect(reports.pop()?.readUInt16LE(2)).to.equal(counter);
        }
      };
    const cassette = await record(createLegoBrick(ev3), play(7));
    expect((await replay(cassette, createLegoBrick(ev3), play(7))).report().verdict).to.equal('match');
    expect((await replay(cassette, createLegoBrick(ev3), play(4711))).report().verdict).to.equal('match');
  });

  it('polls of a status say what they said at that time, however often they are made', async () => {
    const status = async ({ guest }: FakePlug): Promise<number | undefined> => (await guest.controlIn(0xa1, 1, 0, 0, 1)).data[0];
    const play =
      (polls: number) =>
      async ({ plugged, controls }: Driver<RawPrinterControls>): Promise<void> => {
        for (let poll = 0; poll < polls; poll++) expect(await status(plugged)).to.equal(0x18);
        controls.setPaper(false);
        for (let poll = 0; poll < polls; poll++) expect(await status(plugged)).to.equal(0x30);
        controls.setPaper(true);
        expect(await status(plugged)).to.equal(0x18);
      };
    const cassette = await record(createUsbPrinter(printer), play(3));
    for (const polls of [1, 3, 7]) expect((await replay(cassette, createUsbPrinter(printer), play(polls))).report().verdict, `${polls} polls`).to.equal('match');
  });

  it('winds to the test that begins, so that one test can be played alone', async () => {
    const play =
      (tests: readonly string[]) =>
      async (driver: Driver<ArduinoUnoControls>): Promise<void> => {
        for (const test of tests) {
          driver.mark(test);
          driver.controls.reset();
          await signature()(driver);
        }
      };
    const cassette = await record(createArduinoUno(uno), play(['first', 'second']));
    const alone = await replay(cassette, createArduinoUno(uno), play(['second']));
    expect(alone.report()).to.deep.include({ verdict: 'match', divergences: 0 });
    const unknown = await replay(cassette, createArduinoUno(uno), async ({ mark }) => Promise.resolve(mark('third')));
    expect(unknown.report().first).to.include({ what: 'test' });
  });

  it('lets the original answer what the tape does not have, and gives a tape that has it', async () => {
    const test =
      (name: string, ...steps: readonly ((driver: Driver<ArduinoUnoControls>) => Promise<void>)[]) =>
      async (driver: Driver<ArduinoUnoControls>): Promise<void> => {
        driver.mark(name);
        driver.controls.reset();
        for (const step of steps) await step(driver);
      };
    /** Asks for the version of the boot loader, which no recording below has. */
    const version = async ({ plugged }: Driver<unknown>): Promise<void> => {
      await send(plugged, '418120');
      expect(await answer(plugged, 3)).to.match(/^14..10$/);
    };
    const play =
      (...tests: readonly ((driver: Driver<ArduinoUnoControls>) => Promise<void>)[]) =>
      async (driver: Driver<ArduinoUnoControls>): Promise<void> => {
        for (const each of tests) await each(driver);
      };
    const cassette = await record(createArduinoUno(uno), play(test('first', signature()), test('second', signature())));
    const events: CassetteEvent[] = [];
    const replayed = replayUnit(cassette, { mode: 'new-episodes', shadow: createArduinoUno(uno) });
    const anew = recordUnit(replayed.unit, (event) => events.push(event));
    const plugged = await plugIntoFake(anew.unit, anew.onWire);
    const mark = (name: string): void => {
      anew.mark(name);
      replayed.mark(name);
    };
    const all = play(test('first', signature()), test('second', signature(), version), test('third', signature()));
    await all({ plugged, controls: anew.unit.controls as ArduinoUnoControls, mark });
    plugged.close();
    expect(replayed.report()).to.include({ verdict: 'match', divergences: 0, episodes: 2 });
    const grown = growCassette(cassette, events, replayed.played());
    expect(grown.events.flatMap(({ kind, name }) => (kind === 'mark' ? [name] : []))).to.deep.equal(['first', 'second', 'third']);
    expect(grown.events.every(({ t }, index) => t >= (grown.events[index - 1]?.t ?? 0))).to.equal(true);
    const first = (events: readonly CassetteEvent[]): string => JSON.stringify(events.slice(events.findIndex(({ name }) => name === 'first'), events.findIndex(({ name }) => name === 'second')).map(({ t, ...rest }) => ({ ...rest, at: t >= 0 })));
    expect(first(grown.events), 'what was on it is as it was').to.equal(first(cassette.events));
    expect((await replay(grown, createArduinoUno(uno), all)).report()).to.deep.include({ verdict: 'match', divergences: 0 });
  });

  it('plays touches with the gaps that they had, and only while the driver polls', async () => {
    const gap = 40;
    const points = [{ x: 0.5, y: 0.5 }];
    const play =
      (reports: Buffer[], times: number[], all = 5) =>
      async ({ plugged, controls }: Driver<HidTouchControls>): Promise<void> => {
        await plugged.guest.startInterrupt(1, (report) => {
          reports.push(report);
          times.push(performance.now());
        });
        await controls.touch([fingersDown(points), ...fingersMove(points, 0.1, 0.1, 3), fingersUp(points)], gap);
        while (reports.length < all) await new Promise((resolve) => setTimeout(resolve, 5));
        await plugged.guest.stopInterrupt(1);
      };
    const recorded: Buffer[] = [];
    const cassette = await record(createHidTouch(panel), play(recorded, []));
    expect(recorded).to.have.length.at.least(5);
    const replayed: Buffer[] = [];
    const times: number[] = [];
    const { report } = await replay(cassette, createHidTouch(panel), play(replayed, times, recorded.length));
    expect(replayed).to.deep.equal(recorded);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).to.be.at.least(3 * gap);
    expect(report().verdict).to.equal('match');
  });

  it('reports again what it reported after the same call, for a test that tries until it works, and nothing for one that was never made', async () => {
    const at = (x: number): { readonly x: number; readonly y: number }[] => [{ x, y: 0.5 }];
    const gestures =
      (reports: string[], places: readonly number[], each = 2) =>
      async ({ plugged, controls }: Driver<HidTouchControls>): Promise<void> => {
        await plugged.guest.startInterrupt(1, (report) => reports.push(report.toString('hex')));
        for (const x of places) {
          const before = reports.length;
          await controls.touch([fingersDown(at(x)), fingersUp(at(x))], 5);
          while (x < 1 && reports.length < before + each) await new Promise((resolve) => setTimeout(resolve, 5));
        }
        await plugged.guest.stopInterrupt(1);
      };
    const recorded: string[] = [];
    const cassette = await record(createHidTouch(panel), gestures(recorded, [0.2, 0.7]));
    const [hand, finger] = [recorded.slice(0, 2), recorded.slice(2)];
    const replayed: string[] = [];
    const { report } = await replay(cassette, createHidTouch(panel), gestures(replayed, [0.2, 0.7, 0.7, 0.2, 0.7, 1]));
    expect(replayed).to.deep.equal([...hand, ...finger, ...finger, ...hand, ...finger]);
    expect(report()).to.include({ verdict: 'benign-difference', divergences: 0, benign: 4 });
    const early: string[] = [];
    await replay(cassette, createHidTouch(panel), gestures(early, [0.2, 0.2, 0.7, 0.7]));
    expect(early, 'before what a later call brings').to.deep.equal([...hand, ...hand, ...finger, ...finger]);
  });
});
