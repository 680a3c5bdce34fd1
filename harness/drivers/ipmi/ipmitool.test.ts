import { expect } from 'chai';
import { Secret } from '../../base/secret.ts';
import { bootFlagsOf } from './ipmi-boot-device.ts';
import { powerStateOf } from './ipmi-power.ts';
import { ipmiArguments, ipmiError } from './ipmitool.ts';

describe('ipmitool', () => {
  it('gets no password among its arguments, and no word that is another argument', () => {
    const access = { host: 'bmc-3', user: 'admin', password: new Secret('letmein') };
    expect(ipmiArguments(access).join(' ')).to.equal('-v -I lanplus -C 3 -N 1 -R 1 -H bmc-3 -p 623 -U admin -E');
    expect(() => ipmiArguments({ ...access, host: '-f/etc/passwd' })).to.throw('no host name');
    expect(() => ipmiArguments({ ...access, user: 'a",nofork EXEC:sh' })).to.throw('no user name');
  });

  it('reads a state from what says one, and unknown from all else', () => {
    expect(powerStateOf('Chassis Power is on\n')).to.equal('on');
    expect(powerStateOf('Chassis Power is off\n')).to.equal('off');
    for (const text of ['', 'Chassis Power is offline', 'Chassis Power is on\nChassis Power is off\n', 'off', 'Chassis Power is unknown']) expect(powerStateOf(text), text).to.equal('unknown');
  });

  it("tells apart what a controller's refusals mean", () => {
    const codeOf = (said: string): string => ipmiError('bmc', 'chassis power status', said).code;
    expect(codeOf('> RAKP 2 HMAC is invalid\nError: Unable to establish IPMI v2 / RMCP+ session')).to.equal('power-refused');
    expect(codeOf('RAKP 2 message indicates an error : unauthorized name\nError: Unable to establish IPMI v2 / RMCP+ session')).to.equal('power-refused');
    expect(codeOf('Error in open session response message : invalid authentication algorithm\n\nError: Unable to establish')).to.equal('power-refused');
    expect(codeOf('Get Auth Capabilities error\nError: Unable to establish IPMI v2 / RMCP+ session')).to.equal('power-unreachable');
    expect(codeOf('Set Chassis Power Control to Up/On failed: Command not supported in present state')).to.equal('power-does-not-obey');
  });

  it('reads the bytes of the boot flags', () => {
    const data = (hex: string): string => `Boot parameter version: 1\nBoot parameter data: ${hex}\n Boot Flags :\n`;
    expect(bootFlagsOf(data('8004000000'))).to.deep.equal({ valid: true, persistent: false, uefi: false, target: 'pxe' });
    expect(bootFlagsOf(data('e008000000'))).to.deep.equal({ valid: true, persistent: true, uefi: true, target: 'disk' });
    expect(bootFlagsOf(data('8000000000')).target).to.equal('none');
    expect(bootFlagsOf(data('8014000000')).target).to.equal('unknown');
    expect(bootFlagsOf('Get Chassis Boot Parameter 5 failed').target).to.equal('unknown');
  });
});
