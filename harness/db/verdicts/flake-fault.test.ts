import { expect } from 'chai';
import { flakeFaults, type FlakeObservation } from './flake-fault.ts';

/** `device vendor bench` and `!` when flaky. */
function observations(...lines: readonly string[]): readonly FlakeObservation[] {
  return lines.map((line) => {
    const [device = '', family = '', bench = ''] = line.split(' ');
    return { test: 't', device, family, bench: bench.replace('!', ''), flaky: bench.endsWith('!') };
  });
}

describe('flakeFaults', () => {
  const table: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ['one flaky device', ['a A pc!'], undefined],
    ['three unrelated flaky devices', ['a A pc!', 'b B pc!', 'c C pc!'], 'test'],
    ['three flaky devices of two vendors', ['a A pc!', 'b B pc!', 'c B pc!'], undefined],
    ['flaky on one bench, steady on another', ['a A pc!', 'a A laptop'], 'bench'],
    ['flaky on every bench', ['a A pc!', 'a A laptop!'], undefined],
    ['flaky on two benches, steady on a third', ['a A pc!', 'a A laptop!', 'a A panel'], undefined],
    ['another device is steady on another bench', ['a A pc!', 'b B laptop'], undefined],
    ['steady itself while others are flaky', ['a A pc', 'b B pc!', 'c C pc!', 'd D pc!'], undefined],
  ];
  for (const [what, lines, fault] of table) it(`${what}: ${fault ?? "the product's"}`, () => expect(flakeFaults(observations(...lines))('t', 'a', 'pc')).to.equal(fault));

  it('does not mix tests', () => {
    const other = observations('a A pc!', 'b B pc!').map((observation) => ({ ...observation, test: 'other' }));
    expect(flakeFaults([...other, ...observations('c C pc!')])('t', 'c', 'pc')).to.equal(undefined);
  });
});
