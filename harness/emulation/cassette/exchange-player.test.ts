import { expect } from 'chai';
import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import { SectionPlayer } from './section-player.ts';
import { maskersOf } from './maskers.ts';
import { echoesOf } from './echoes.ts';
import { toSections } from './tape.ts';

const pairs = new Map([[1, 1], [2, 2]]);
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const asks = (text: string, endpoint = 1): CassetteEvent => ({ t: 1, from: 'host', kind: 'bulk', endpoint, status: 'ok', data: bytes(text) });
const says = (text: string, endpoint = 1): CassetteEvent => ({ t: 2, from: 'device', kind: 'bulk', endpoint: 0x80 | endpoint, status: 'ok', data: bytes(text) });
const call = (name: string): CassetteEvent => ({ t: 1, from: 'suite', kind: 'call', name });

function played(...events: CassetteEvent[]): { readonly player: SectionPlayer; readonly ask: (text: string, endpoint?: number) => string[]; readonly due: () => string[] } {
  const [section] = toSections([{ t: 0, from: 'suite', kind: 'plug' }, ...events], pairs);
  const player = new SectionPlayer(section ?? expect.fail('no section'), maskersOf('ipp-usb-mfp'), echoesOf('ipp-usb-mfp', false), pairs);
  const due = (): string[] => {
    const went: string[] = [];
    for (const [endpoint, chunk] of player.due()) went.push(`${endpoint}: ${Buffer.from(player.sent(endpoint, chunk)).toString('latin1')}`);
    return went;
  };
  const ask = (text: string, endpoint = 1): string[] => {
    for (let piece = bytes(text); piece.length > 0; ) {
      const next = player.exchanges.next(endpoint, piece, player.epoch);
      if (!next) return ['lost', String(player.exchanges.lost(endpoint, piece)?.index ?? 'nothing')];
      const wrong = player.exchanges.take(endpoint, next.piece, player.epoch);
      if (wrong) return ['wrong', String(wrong.at)];
      piece = next.behind;
    }
    return due();
  };
  return { player, ask, due };
}

describe('requests that any interface answers', () => {
  it('are answered where they are asked, whichever interface it was when they were recorded', () => {
    const { ask, player } = played(asks('GET /a'), says('a'), asks('GET /b', 2), says('b', 2), asks('GET /c'), says('c'));
    expect(ask('GET /c', 2)).to.deep.equal(['2: c']);
    expect(ask('GET /a', 2)).to.deep.equal(['2: a']);
    expect(ask('GET /b')).to.deep.equal(['1: b']);
    expect(player.progress()).to.deep.equal({ events: 6, of: 6 });
    expect(player.pending()).to.deep.equal([]);
  });

  it('in any pieces; one that is still being made is not answered', () => {
    const { ask } = played(asks('POST /job'), asks(' body'), says('created'));
    expect(ask('POST')).to.deep.equal([]);
    expect(ask(' /job b')).to.deep.equal([]);
    expect(ask('ody')).to.deep.equal(['1: created']);
  });

  it('that begin alike are told apart by how they go on', () => {
    const { ask } = played(asks('POST /ipp print'), says('printed'), asks('POST /ipp cancel'), says('cancelled'));
    expect(ask('POST /ipp ')).to.deep.equal([]);
    expect(ask('cancel')).to.deep.equal(['1: cancelled']);
    expect(ask('POST /ipp print')).to.deep.equal(['1: printed']);
  });

  it('of which one is made more often are answered in order, and then as the last one was', () => {
    const { ask, player } = played(asks('GET page'), says('one'), asks('GET page'), says('two'));
    expect([ask('GET page'), ask('GET page'), ask('GET page', 2)].flat()).to.deep.equal(['1: one', '1: two', '2: two']);
    expect(player.exchanges.again).to.equal(1);
  });

  it('a status says what it said at this time of the test', () => {
    const { ask, player } = played(asks('GET status'), says('idle'), asks('GET status'), says('idle'), call('jam'), asks('GET status'), says('jammed'));
    expect(ask('GET status')).to.deep.equal(['1: idle']);
    player.call('jam');
    expect(ask('GET status')).to.deep.equal(['1: jammed']);
  });

  it('an answer that came after something that the suite did waits for that', () => {
    const { ask, player, due } = played(asks('GET page'), says('head'), call('load'), says('sheet'));
    expect(ask('GET page')).to.deep.equal(['1: head']);
    player.call('load');
    expect(due()).to.deep.equal(['1: sheet']);
  });

  it('a request that was not recorded is told, with the next one that was', () => {
    const { ask } = played(asks('GET /a'), says('a'));
    expect(ask('GET /z')).to.deep.equal(['lost', '1']);
    expect(ask('GET /a')).to.deep.equal(['1: a']);
    expect(ask('GET /a more', 2)).to.deep.equal(['lost', 'nothing']);
  });

  it('may be cut into other chunks, and is answered when the last one has come', () => {
    const head = 'POST /ipp HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n';
    const { ask, player } = played(asks(head), asks('6\r\nabcdef\r\n'), asks('4\r\nghij\r\n0\r\n\r\n'), says('done'), asks('GET /next'), says('next'));
    expect(ask(`${head}3\r\nab`)).to.deep.equal([]);
    expect(ask('c\r\n7\r\ndefghij')).to.deep.equal([]);
    expect(ask('\r\n0\r')).to.deep.equal([]);
    expect(ask('\n\r\nGET /ne')).to.deep.equal(['1: done']);
    expect(ask('xt')).to.deep.equal(['1: next']);
    expect(player.progress().events).to.equal(player.progress().of);
    expect(ask(`${head}3\r\nabx\r\n`, 2)).to.deep.equal(['lost', 'nothing']);
  });

  it('may have another name of the client and another number, which the answer then has', () => {
    const id = (number: number): string => `\x02\x00\x00\x0b\x00\x00\x00${String.fromCharCode(number)}\x01G`;
    const request = (agent: string, number: number): string => `POST /ipp HTTP/1.1\r\nUser-Agent: ${agent}\r\n\r\n${id(number)}`;
    const { ask } = played(asks(request('CUPS/2.4.2', 7)), says('HTTP/1.1 200 OK\r\n\r\n'), says(`\x02\x00\x00\x00\x00\x00\x00\x07\x01G rest`));
    expect(ask(request('CUPS/2.4.10 (Linux 6.12)', 9), 2)).to.deep.equal(['2: HTTP/1.1 200 OK\r\n\r\n', '2: \x02\x00\x00\x00\x00\x00\x00\x09\x01G rest']);
  });
});
