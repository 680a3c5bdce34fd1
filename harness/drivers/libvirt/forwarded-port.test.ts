import { expect } from 'chai';
import { parseForwardedPort } from './forwarded-port.ts';

describe('forwarded port', () => {
  it('is read from `info usernet`', () => {
    const text = [
      'Hub -1 (hwlab-net):',
      '  Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ',
      '  TCP[ESTABLISHED]   12       127.0.0.1 39030       10.0.2.15    22     0     0',
      '  TCP[HOST_FORWARD]  11       127.0.0.1 39029       10.0.2.15    22     0     0\r',
    ].join('\n');
    expect(parseForwardedPort(text)).to.equal(39029);
  });

  it('is not there for another guest port or address', () => {
    expect(parseForwardedPort('  TCP[HOST_FORWARD]  11       127.0.0.1 39029       10.0.2.15    80     0     0')).to.equal(undefined);
    expect(parseForwardedPort('  TCP[HOST_FORWARD]  11         0.0.0.0 39029       10.0.2.15    22     0     0')).to.equal(undefined);
    expect(parseForwardedPort('')).to.equal(undefined);
  });
});
