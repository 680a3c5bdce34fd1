import { expect } from 'chai';
import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { SetupPacket } from '../usb-device.ts';
import { SectionPlayer } from './section-player.ts';
import { toSections } from './tape.ts';

const setup: SetupPacket = { requestType: 0x21, request: 0x22, value: 1, index: 0, length: 0 };
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
const set: CassetteEvent = { t: 1, from: 'host', kind: 'control', endpoint: 0, setup, status: 'ok' };
const says = (text: string): CassetteEvent => ({ t: 2, from: 'device', kind: 'bulk', endpoint: 0x83, status: 'ok', data: bytes(text) });
const sent = (text: string): CassetteEvent => ({ t: 1, from: 'host', kind: 'bulk', endpoint: 4, status: 'ok', ...(text === '' ? {} : { data: bytes(text) }) });

function played(...events: CassetteEvent[]): { player: SectionPlayer; due: () => string[] } {
  const [section] = toSections([{ t: 0, from: 'suite', kind: 'plug' }, ...events]);
  const player = new SectionPlayer(section ?? expect.fail('no section'), [], []);
  const due = (): string[] => [...player.due()].map(([endpoint, chunk]) => Buffer.from(player.sent(endpoint, chunk)).toString());
  return { player, due };
}

describe('when what a device says is due', () => {
  it('is as often as the request came that it answers to', () => {
    const { player, due } = played(set, says('one'), set, says('two'));
    expect(due()).to.deep.equal([]);
    player.write(setup, new Uint8Array(0));
    expect(due()).to.deep.equal(['one']);
    player.write({ ...setup, value: 0 }, new Uint8Array(0));
    expect(due(), 'another request').to.deep.equal([]);
    player.write(setup, new Uint8Array(0));
    expect(due()).to.deep.equal(['two']);
  });

  it('is after the bytes between, and a transfer without bytes is none', () => {
    const bytesBetween = played(set, sent('ab'), says('one'));
    bytesBetween.player.stream(4)?.take(bytes('ab'));
    expect(bytesBetween.due()).to.deep.equal(['one']);
    const nothingBetween = played(set, sent(''), says('one'));
    expect(nothingBetween.due()).to.deep.equal([]);
    nothingBetween.player.write(setup, new Uint8Array(0));
    expect(nothingBetween.due()).to.deep.equal(['one']);
  });

  it('is after another request, too, that was taken for the recorded one', () => {
    const { player, due } = played(set, says('one'));
    player.write({ ...setup, value: 3 }, new Uint8Array(0));
    expect(due()).to.deep.equal([]);
    player.took(player.near({ ...setup, value: 3 }).other ?? expect.fail('no request'));
    expect(due()).to.deep.equal(['one']);
  });
});
