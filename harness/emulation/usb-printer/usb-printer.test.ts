import { setTimeout as delay } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../base/places.ts';
import { decodeDeviceId } from '../../wire/ieee1284/device-id.ts';
import type { EmulatedModel, SetupPacket, UsbFunction } from '../usb-device.ts';
import { createUsbPrinter, type RawPrinterControls } from './usb-printer.ts';

const model = (id = 'brother-hl-2140'): EmulatedModel => JSON.parse(readFileSync(join(projectRoot, 'fixtures/devices/printers', `${id}.json`), 'utf8')) as EmulatedModel;
const request = (requestType: number, code: number): SetupPacket => ({ requestType, request: code, value: 0, index: 0, length: 1023 });
const never = new AbortController().signal;

interface Rig {
  readonly printer: UsbFunction;
  readonly controls: RawPrinterControls;
  /** What was sent on bulk IN, as text. */
  readonly said: string[];
  print(text: string, signal?: AbortSignal): Promise<{ status: string; accepted: number }>;
  ask(requestType: number, code: number): Promise<Uint8Array | undefined>;
}

function rig(behaviour: object = {}, id?: string): Rig {
  const base = model(id);
  const unit = createUsbPrinter({ ...base, behaviour: { ...base.behaviour, ...behaviour } });
  const said: string[] = [];
  // A driver that reads twice and then stops: the next read never comes.
  const send = async (_endpoint: number, data: Uint8Array): Promise<void> => {
    said.push(Buffer.from(data).toString('latin1'));
    if (said.length >= 2) await new Promise(() => undefined);
  };
  const printer = unit.createFunction({ send, halt: () => undefined });
  return {
    printer,
    controls: unit.controls,
    said,
    print: async (text, signal = never) => await printer.out(1, Buffer.from(text, 'latin1'), signal),
    ask: async (requestType, code) => (await printer.control(request(requestType, code), new Uint8Array(0)))?.data,
  };
}

describe('USB printer', () => {
  it('gives its device id, its status, and takes both forms of soft reset', async () => {
    const { ask, controls } = rig();
    expect(decodeDeviceId((await ask(0xa1, 0)) ?? new Uint8Array(0))).to.equal('MFG:Brother;CMD:PJL,HBP;MDL:HL-2140 series;CLS:PRINTER;');
    expect(await ask(0xa1, 1)).to.deep.equal(Uint8Array.of(0x18));
    controls.setPaper(false);
    expect(await ask(0xa1, 1)).to.deep.equal(Uint8Array.of(0x30));
    expect(await ask(0x21, 2)).to.have.lengthOf(0);
    expect(await ask(0x23, 2)).to.have.lengthOf(0);
    expect(controls.softResets).to.equal(2);
    expect(await ask(0xa1, 9)).to.equal(undefined);
  });

  it('gives a wrong device id where the model says so', async () => {
    expect(await rig({ deviceIdAnswer: 'stall' }).ask(0xa1, 0)).to.equal(undefined);
    expect(await rig({ deviceIdAnswer: 'empty' }).ask(0xa1, 0)).to.have.lengthOf(0);
    const swapped = await rig({ deviceIdAnswer: 'little-endian-length' }).ask(0xa1, 0);
    expect([swapped?.[0], swapped?.[1]]).to.deep.equal([swapped?.length, 0]);
  });

  it('has the odd device ids that were seen, and the fields that a personality adds', async () => {
    const answer = async (behaviour: object): Promise<Buffer> => Buffer.from((await rig(behaviour).ask(0xa1, 0)) ?? []);
    expect((await answer({ deviceIdAnswer: 'zero-length' })).readUInt16BE(0)).to.equal(0);
    const short = await answer({ deviceIdAnswer: 'short' });
    expect(short.readUInt16BE(0)).to.be.above(short.length);
    const garbage = await answer({ deviceIdAnswer: 'trailing-garbage' });
    expect(garbage.readUInt16BE(0)).to.equal(garbage.length - 2);
    expect(decodeDeviceId(await answer({ deviceIdAnswer: 'blank' }))).to.equal('    ');
    expect(decodeDeviceId(await answer({ deviceIdExtra: 'SERN:1;' }))).to.match(/;SERN:1;$/);
  });

  it('rests once in a job, behind the bytes it is told', async () => {
    const { print, controls } = rig({ pause: { afterBytes: 4, milliseconds: 30 } });
    const took = async (text: string): Promise<number> => {
      const began = performance.now();
      await print(text);
      return performance.now() - began;
    };
    expect(await took('abcd')).to.be.below(25);
    expect(await took('e')).to.be.at.least(25);
    expect(await took('f')).to.be.below(25);
    expect(controls.received).to.equal(6);
  });

  it('loses what it has not printed yet when the interface is set', async () => {
    const { print, controls, printer } = rig({ flushTime: 20 });
    await print('first');
    expect(controls.received).to.equal(5);
    await delay(40);
    await print('last');
    printer.onAlternate?.(0, 0);
    await delay(40);
    expect(controls.jobs.map(({ document }) => Buffer.from(document.head).toString())).to.deep.equal(['first']);
  });

  it('loses the beginning of a job after the interface was set behind another', async () => {
    const { print, controls, printer, ask } = rig({ losesAfterSetInterface: 3 });
    printer.onAlternate?.(0, 0);
    await print('first');
    printer.onAlternate?.(0, 0);
    await ask(0xa1, 0);
    await print('second');
    expect(controls.jobs.map(({ document }) => Buffer.from(document.head).toString())).to.deep.equal(['first', 'ond']);
  });

  it('behaves otherwise for one test', async () => {
    const { ask, controls } = rig();
    controls.behave({ deviceIdAnswer: 'stall' });
    expect(await ask(0xa1, 0)).to.equal(undefined);
    controls.reset();
    expect(await ask(0xa1, 0)).to.not.equal(undefined);
  });

  it('cuts the stream into jobs where the driver shows a border', async () => {
    const { print, ask, controls, printer } = rig();
    await print('first ');
    await print('job');
    await ask(0xa1, 0);
    await print('second');
    await ask(0x21, 2);
    await print('third');
    printer.onReset?.();
    await print('fourth');
    printer.onUnplug?.();
    await print('fifth');
    expect(controls.jobs.map(({ number, document, endedBy }) => [number, Buffer.from(document.head).toString(), endedBy])).to.deep.equal([
      [1, 'first job', 'device-id'],
      [2, 'second', 'soft-reset'],
      [3, 'third', 'reset'],
      [4, 'fourth', 'unplug'],
      [5, 'fifth', undefined],
    ]);
    expect(controls.received).to.equal(31);
    controls.reset();
    expect(controls.jobs.map(({ number }) => number)).to.deep.equal([5]);
  });

  it('ends a job when nothing comes any more', async () => {
    const { print, controls } = rig({ jobIdle: 20 });
    await print('job');
    await delay(60);
    expect(controls.jobs[0]?.endedBy).to.equal('idle');
  });

  it('accepts nothing without paper or while held, and takes back nothing that was cancelled', async () => {
    const { print, controls } = rig();
    controls.setPaper(false);
    const waiting = print('a');
    controls.setPaper(true);
    expect(await waiting).to.deep.equal({ status: 'ok', accepted: 1 });
    controls.hold(true);
    const giveUp = new AbortController();
    const cancelled = print('b', giveUp.signal);
    giveUp.abort();
    expect(await cancelled).to.deep.equal({ status: 'cancelled', accepted: 0 });
    controls.hold(false);
    await print('c');
    expect(Buffer.from(controls.jobs[0]?.document.head ?? []).toString()).to.equal('ac');
  });

  it('accepts as slowly as it is told', async () => {
    const { print, controls } = rig();
    controls.setSpeed(1000);
    const began = performance.now();
    await print('x'.repeat(50));
    expect(performance.now() - began).to.be.within(45, 1000);
  });

  it('loses and changes bytes where the model is broken', async () => {
    const loses = rig({ losesOneByteIn: 4 });
    await loses.print('abcdef');
    await loses.print('gh');
    expect(Buffer.from(loses.controls.jobs[0]?.document.head ?? []).toString()).to.equal('abcefg');
    const changes = rig({ changesOneByteIn: 3 });
    await changes.print('aaaaaa');
    expect(Buffer.from(changes.controls.jobs[0]?.document.head ?? []).toString()).to.equal('aa`aa`');
  });

  it('answers PJL queries, also ones that are cut in two', async () => {
    const { print, said } = rig({}, 'hp-laserjet-1320');
    await print('\x1b%-12345X@PJL INFO ST');
    await print('ATUS\r\n@PJL INFO ID\r\n');
    await delay(5);
    expect(said[0]).to.equal('@PJL INFO STATUS\r\nCODE=10001\r\nDISPLAY="Ready"\r\nONLINE=TRUE\r\n\f');
    expect(said[1]).to.equal('@PJL INFO ID\r\n"hp LaserJet 1320 series"\r\n\f');
  });

  it('says nothing to job data, answers reads with empty packets or with its id where it is of that kind', async () => {
    const silent = rig({ backChannel: 'silent' });
    await silent.print('@PJL INFO ID\r\n');
    const empty = rig({ backChannel: 'empty', backChannelDelay: 1 });
    await empty.print('x');
    const id = rig({ backChannel: 'device-id', backChannelDelay: 1 });
    await id.print('x');
    await delay(30);
    expect(silent.said).to.deep.equal([]);
    expect(empty.said).to.deep.equal(['', '']);
    expect(id.said).to.deep.equal(Array(2).fill('MFG:Brother;CMD:PJL,HBP;MDL:HL-2140 series;CLS:PRINTER;'));
  });
});
