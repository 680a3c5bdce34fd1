import { expect } from 'chai';
import { globMatches, parseUsbPattern, subsumes } from './modalias.ts';

describe('modalias patterns', () => {
  it('match as fnmatch does, with sets, and in time whatever they hold', () => {
    const cases: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
      ['usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*', 'usb:v0403p6001d0600dc00dsc00dp00icFFiscFFipFFin00', true],
      ['usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*', 'usb:v0403p6002d0600dc00dsc00dp00icFFiscFFipFFin00', false],
      ['usb:v*p*d*dc*dsc*dp*ic07isc01ip0[12]in*', 'usb:v03F0p0217d0100dc00dsc00dp00ic07isc01ip02in00', true],
      ['usb:v054Cp002Dd02[0-4]*', 'usb:v054Cp002Dd0210dc00', true],
      ['usb:v054Cp002Dd02[0-4]*', 'usb:v054Cp002Dd0250dc00', false],
      ['a[!b]c', 'abc', false],
      ['a[', 'a[', true],
      ['', '', true],
      ['*', '', true],
    ];
    for (const [pattern, text, matches] of cases) expect(globMatches(pattern, text), `${pattern} ${text}`).to.equal(matches);
    expect(globMatches('*a'.repeat(200), `${'a'.repeat(5000)}b`)).to.equal(false);
  });

  it('tell whether one takes everything that another takes', () => {
    expect(subsumes('usb:v0403p*d*dc*dsc*dp*ic*isc*ip*in*', 'usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*')).to.equal(true);
    expect(subsumes('usb:v0403p6001d*dc*dsc*dp*ic*isc*ip*in*', 'usb:v0403p*d*dc*dsc*dp*ic*isc*ip*in*')).to.equal(false);
    expect(subsumes('usb:v04A9p2206*', 'usb:v04A9p2206d*dc*dsc*dp*ic*isc*ip*in*')).to.equal(true);
    expect(subsumes('usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*', 'usb:v1234p5678d*dc*dsc*dp*ic*isc*ip*in*')).to.equal(false);
    expect(subsumes('x[0-9]*', 'x5*')).to.equal(true);
    expect(subsumes('x[0-4]*', 'x[0-9]*')).to.equal(false);
  });

  it('of USB are split into fields, short ones too', () => {
    expect(parseUsbPattern('usb:v04A9p2206*')).to.include({ vendor: '04A9', product: '2206', interfaceClass: '*' });
    expect(parseUsbPattern('usb:v*p*d*dc*dsc*dp*ic07isc01ip02in*')).to.include({ vendor: '*', product: '*', interfaceClass: '07', interfaceSubclass: '01', interfaceProtocol: '02', deviceClass: '*' });
    expect(parseUsbPattern('usb:v054Cp002Dd02[0-4]*dc*dsc*dp*ic*isc*ip*in*')).to.include({ revision: '02[0-4]*', deviceClass: '*' });
    for (const other of ['', 'pci:v*', 'usb:', `usb:v${'0'.repeat(400)}`, 'usb:vZZZZp0000*']) expect(parseUsbPattern(other), other).to.equal(undefined);
  });
});
