import { expect } from 'chai';
import type { Echo } from './echoes.ts';
import { StreamPlayer } from './stream-player.ts';
import type { OutStream } from './tape.ts';

function stream(...pieces: readonly { readonly text: string; readonly epoch?: number; readonly meaning?: string }[]): OutStream {
  let at = 0;
  const stretches = pieces.map(({ text, epoch = 0, meaning }, index) => ({ index: index * 10, epoch, status: 'ok', from: at, to: (at += text.length), meaning }));
  return { bytes: Buffer.from(pieces.map(({ text }) => text).join('')), stretches, hidden: [] };
}

const quoted = [{ name: 'quoted', pattern: /"([^"]*)"/gd }];

describe('StreamPlayer', () => {
  it('takes a stream in any pieces and counts the transfers that came whole', () => {
    const recorded = stream({ text: 'abc' }, { text: 'defgh' }, { text: 'i' });
    for (const size of [1, 2, 3, 4, 9]) {
      const player = new StreamPlayer(recorded, []);
      const counts: number[] = [];
      for (let at = 0; at < 9; at += size) {
        expect(player.take(recorded.bytes.subarray(at, at + size))).to.equal(undefined);
        counts.push(player.complete);
      }
      expect(player.offset).to.equal(9);
      expect(counts.at(-1)).to.equal(3);
      if (size === 4) expect(counts).to.deep.equal([1, 2, 3]);
    }
  });

  it('names the first byte that differs and the transfer it stands in, and goes on behind the piece', () => {
    const player = new StreamPlayer(stream({ text: 'abc' }, { text: 'defgh', meaning: 'a word' }, { text: 'ij' }), []);
    expect(player.take(Buffer.from('abcdeX'))).to.deep.include({ at: 5, expected: '66 67 68 (a word) at byte 5' }).and.to.have.nested.property('stretch.index', 10);
    expect(player.take(Buffer.from('ghij'))).to.equal(undefined);
    expect(player.take(Buffer.from('k'))).to.deep.include({ at: 0, expected: 'no more than 10 bytes' });
  });

  it('lets volatile bytes be others, and only those', () => {
    const player = new StreamPlayer(stream({ text: 'a "one" b "two" c' }), quoted);
    expect(player.take(Buffer.from('a "eno" '))).to.equal(undefined);
    expect(player.take(Buffer.from('b "owt" d'))).to.have.property('at', 8);
  });

  it('names a byte that differs before volatile ones', () => {
    expect(new StreamPlayer(stream({ text: 'a "one"' }), quoted).take(Buffer.from('b "one"'))).to.have.property('at', 0);
  });

  it('learns the number that a device is to send back, in whatever pieces it comes', () => {
    const echo: Echo = { name: 'number', asked: () => [[2, 6], [8, 10]], answered: () => undefined };
    for (let size = 1; size <= 10; size += 1) {
      const player = new StreamPlayer(stream({ text: 'n=1111,m22' }), [], [echo]);
      for (let at = 0; at < 10; at += size) expect(player.take(Buffer.from('n=abcd,mef').subarray(at, at + size))).to.equal(undefined);
      expect([Buffer.from('1111'), Buffer.from('22')].map((recorded) => String(player.echoes.insteadOf(recorded))), `pieces of ${size}`).to.deep.equal(['abcd', 'ef']);
    }
  });

  it('takes anything where the recording was made unreadable', () => {
    const player = new StreamPlayer({ ...stream({ text: 'a\0\0\0b"one"c' }), hidden: [[1, 4]] }, quoted);
    expect(player.take(Buffer.from('axyzb"two"'))).to.equal(undefined);
    expect(player.take(Buffer.from('d'))).to.have.property('expected', '63 at byte 10');
  });

  it('waits where the suite did something before the next byte', () => {
    const player = new StreamPlayer(stream({ text: 'ab' }, { text: 'cd', epoch: 1 }), []);
    expect(player.waitsForCall(0)).to.equal(false);
    player.take(Buffer.from('ab'));
    expect(player.waitsForCall(0)).to.equal(true);
    expect(player.waitsForCall(1)).to.equal(false);
    player.take(Buffer.from('cd'));
    expect(player.waitsForCall(0)).to.equal(false);
  });

  it('looks at each transfer once, however many there are', () => {
    let looks = 0;
    const { bytes, stretches } = stream(...Array.from({ length: 20_000 }, () => ({ text: 'x' })));
    const counted = new Proxy(stretches as OutStream['stretches'] & unknown[], { get: (target, key) => ((looks += typeof key === 'string' && /^\d+$/.test(key) ? 1 : 0), Reflect.get(target, key) as unknown) });
    const player = new StreamPlayer({ bytes, stretches: counted, hidden: [] }, []);
    for (const byte of bytes) player.take(Uint8Array.of(byte));
    expect(player.complete).to.equal(20_000);
    expect(looks).to.be.below(20_000 * 5);
  });
});
