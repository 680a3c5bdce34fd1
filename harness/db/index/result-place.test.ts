import { expect } from 'chai';
import { exampleResult } from '../example-result.ts';
import { resultPlace } from './result-place.ts';

describe('resultPlace', () => {
  const place = (text: string) => resultPlace(Buffer.from(text));

  it('reads lines as hwlab writes them', () => {
    expect(place(JSON.stringify(exampleResult()))).to.deep.equal({ device: 'acme-laser', image: 'debian-12', personalities: '' });
    expect(place(JSON.stringify(exampleResult({ cell: { personalities: ['a', 'b'] } })))).to.include({ personalities: 'a+b' });
  });

  it('reads lines of other writers the same: another order, spaces, letters beyond ASCII, braces and quotes in names', () => {
    const { cell, ...rest } = exampleResult({ cell: { device: 'принтер', machine: '"},{"device":"other","image":"x"' } });
    for (const line of [JSON.stringify({ ...rest, cell }), JSON.stringify({ cell, ...rest }), JSON.stringify({ ...rest, cell }, null, 1).replaceAll('\n', ' ')]) {
      expect(place(line)).to.deep.equal({ device: 'принтер', image: 'debian-12', personalities: '' });
    }
  });

  it('is undefined for what is no result', () => {
    for (const line of ['', '{}', 'null', '[]', '{"cell":null}', '{"cell":{"device":1,"image":"x"}}', JSON.stringify(exampleResult()).slice(0, 120), '{"cell":{"device":"a","image":"b","personalities":"c"}}']) expect(place(line), line).to.equal(undefined);
  });
});
