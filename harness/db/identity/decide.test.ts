import { expect } from 'chai';
import { decide } from './decide.ts';
import type { Match, MatchKind } from './match-devices.ts';

/** `exact 1, fuzzy 0.9` is two matches, named a, b, ... */
function matches(text: string): readonly Match[] {
  return text === '' ? [] : text.split(', ').map((one, index) => {
    const [kind = '', confidence = ''] = one.split(' ');
    return { device: 'abcdef'[index] ?? '', confidence: Number(confidence), kind: kind as MatchKind, because: [] };
  });
}

describe('decide', () => {
  const table: readonly (readonly [string, string])[] = [
    ['', 'none'],
    ['exact 1', 'one a'],
    ['exact 1, fuzzy 0.97', 'one a'],
    ['alias 1, alias 1', 'several ab'],
    ['exact 1, alias 0.98', 'several ab'],
    ['exact 0.9, fuzzy 0.85', 'several ab'],
    ['fuzzy 0.97, fuzzy 0.95', 'several ab'],
    ['fuzzy 0.97, fuzzy 0.88', 'one a'],
    ['fuzzy 0.97, fuzzy 0.91', 'several ab'],
    ['fuzzy 0.97, related 0.95', 'one a'],
    ['fuzzy 0.84', 'related a'],
    ['fuzzy 0.84, fuzzy 0.8', 'several ab'],
    ['usb-id 0.98', 'one a'],
    ['usb-id 0.8, usb-id 0.8, usb-id 0.8', 'several abc'],
    ['usb-id 0.7', 'related a'],
    ['ieee1284 0.88, ieee1284 0.88', 'several ab'],
    ['article 0.97', 'one a'],
    ['related 0.6', 'related a'],
    ['related 0.6, related 0.6', 'related ab'],
    ['related 0.95', 'related a'],
    ['fuzzy 0.5, fuzzy 0.5', 'related ab'],
  ];
  for (const [given, expected] of table) {
    it(`${given === '' ? 'nothing' : given}: ${expected}`, () => {
      const decision = decide(matches(given));
      const named = decision.kind === 'none' ? [] : decision.kind === 'one' ? [decision.match] : decision.matches;
      expect([decision.kind, named.map(({ device }) => device).join('')].filter((part) => part !== '').join(' ')).to.equal(expected);
    });
  }

  it('never picks one of two that are equally likely', () => {
    for (const kind of ['exact', 'alias', 'usb-id', 'ieee1284', 'article', 'fuzzy', 'related'] as const) {
      for (let confidence = 0; confidence <= 100; confidence++) expect(decide(matches(`${kind} ${confidence / 100}, ${kind} ${confidence / 100}`)).kind).to.not.equal('one');
    }
  });
});
