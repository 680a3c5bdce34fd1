import { expect } from 'chai';
import { parseRange } from './parse-range.ts';

describe('a range of an HTTP request', () => {
  it('is bytes from the start, to the end, or the last ones', () => {
    expect(parseRange('bytes=0-9', 100)).to.deep.equal({ start: 0, end: 10 });
    expect(parseRange('bytes=90-', 100)).to.deep.equal({ start: 90, end: 100 });
    expect(parseRange('bytes=-5', 100)).to.deep.equal({ start: 95, end: 100 });
    expect(parseRange('bytes=50-1000', 100)).to.deep.equal({ start: 50, end: 100 });
  });

  it('that begins behind the end is outside, and one that is no single range of bytes is ignored', () => {
    expect(parseRange('bytes=100-', 100)).to.equal('outside');
    expect(parseRange('bytes=-0', 100)).to.equal('outside');
    for (const odd of [undefined, '', 'bytes=-', 'bytes=9-2', 'lines=1-2', 'bytes=1-2,4-5', 'bytes=99999999999999999999-']) expect(parseRange(odd, 100), String(odd)).to.equal(undefined);
  });
});
