import { expect } from 'chai';
import { diffLines } from './change-lines.ts';

describe('diffLines', () => {
  const answers = [1, 2, 3].map((number) => ({ kind: 'downgraded' as const, device: `d-${number}`, name: `D ${number}`, image: 'debian-12', from: 'certified' as const, to: 'works' as const, because: [] }));
  const claim = { source: 'a wiki\u001b[2J (https://wiki.example.org/1)', date: '2026-05-04', licence: 'CC BY-SA 4.0', at: 'x', evidence: 'E3' as const, review: 'A. Ivanova, 2026-11-22', says: 'works' as const };
  const lists = [{ name: 'Canon LiDE 35', from: 'not-tested' as const, to: 'expected-to-work' as const, said: [claim], unsaid: [] }];

  it('says first how many devices lose what, then reviews apart from answers, then records', () => {
    const text = diffLines(answers, lists, [{ kind: 'reviews', id: 'canon-lide-35-2026-11-22', change: 'added', properties: [] }], 'en').join('\n');
    expect(text.startsWith('3 devices lose "Certified"\n3 devices gain "Works"\n')).to.equal(true);
    expect(text).to.match(/It changes no answer\n {2}Canon LiDE 35: nothing to expect → expected to work; now said: a wiki/).and.to.contain('source read by A. Ivanova').and.to.contain('reviews/canon-lide-35-2026-11-22: added');
    expect(text, 'a list may hold anything').not.to.contain('\u001b');
  });

  it('says in Russian that reviews change no answer', () => expect(diffLines([], lists, [], 'ru').join('\n')).to.match(/^Выводы не изменились\.\n\nЧего ждать по открытым спискам.*\n {2}Canon LiDE 35: сказать нечего → должно работать/));

  it('says when there is nothing', () => expect(diffLines([], [], [], 'en')).to.deep.equal(['Nothing changed.']));
});
