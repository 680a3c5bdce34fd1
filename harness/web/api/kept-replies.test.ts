import { expect } from 'chai';
import type { LookupSource } from '../../db/lookup/lookup-source.ts';
import { jsonReply } from '../server/reply.ts';
import { KeptReplies } from './kept-replies.ts';

describe('KeptReplies', () => {
  const source = {} as LookupSource;

  it('makes an answer once for a source, and anew for the next one', () => {
    const replies = new KeptReplies();
    let made = 0;
    const ask = (of: LookupSource, question = 'data'): string => replies.get(of, question, () => jsonReply({ made: (made += 1) })).body.toString();
    expect([ask(source), ask(source), ask(source, 'other'), ask({} as LookupSource)]).to.deep.equal(['{"made":1}\n', '{"made":1}\n', '{"made":2}\n', '{"made":3}\n']);
  });

  it('keeps no error and no endless question', () => {
    const replies = new KeptReplies();
    expect(() => replies.get(source, 'x', () => { throw new RangeError('no'); })).to.throw('no');
    let made = 0;
    for (const _time of [1, 2]) replies.get(source, 'q'.repeat(1000), () => jsonReply((made += 1)));
    expect(made).to.equal(2);
  });

  it('forgets what was asked for longest ago when it holds too many bytes', () => {
    const replies = new KeptReplies();
    const made: string[] = [];
    const ask = (question: string): unknown => replies.get(source, question, () => (made.push(question), jsonReply('x'.repeat(12 * 1024 * 1024))));
    for (const question of ['a', 'b', 'a', 'c', 'a', 'b']) ask(question);
    expect(made).to.deep.equal(['a', 'b', 'c', 'b']);
  });

  it('keeps few of a flood of questions that all differ, and the same amount of many sources as of one', () => {
    const replies = new KeptReplies();
    let made = 0;
    const ask = (of: LookupSource, question: string): unknown => replies.get(of, question, () => ((made += 1), jsonReply(0)));
    for (let number = 0; number < 40_000; number += 1) ask(source, `search?q=${number}`);
    ask(source, 'search?q=39999');
    ask(source, 'search?q=0');
    expect(made, 'the newest is kept, the first no longer').to.equal(40_001);
    const other = {} as LookupSource;
    for (let number = 0; number < 40_000; number += 1) ask(other, `search?q=${number}`);
    ask(source, 'search?q=39999');
    expect(made).to.equal(80_002);
  });
});
