import { expect } from 'chai';
import { lanPlace, plugCommand, prepareCommand, unplugCommand } from './guest-lan.ts';

const identity = {
  hostName: 'KM1',
  ports: [80, 631],
  serviceName: `Anna's "best" <printer> & more`,
  services: [
    { type: '_ipp._tcp', subtypes: ['_print'], port: 631, txt: ['rp=ipp/print', 'note=a\nb'] },
    { type: '_uscan._tcp', subtypes: [], port: 80, txt: [] },
  ],
};

describe('the LAN inside the guest', () => {
  it('gives each device its own names and address', () => {
    expect([lanPlace(0).address, lanPlace(1).address]).to.deep.equal(['192.0.2.10', '192.0.2.11']);
    expect(lanPlace(1)).to.deep.include({ namespace: 'hwlab-lan1', cable: 'lanport1', socket: '/run/hwlab-lan1/http.sock' });
  });

  it('writes what is announced as an Avahi service file, whatever the name holds', () => {
    const command = prepareCommand(lanPlace(0), identity);
    expect(command).to.contain(`<name>Anna's &#34;best&#34; &#60;printer&#62; &#38; more</name>`);
    expect(command).to.contain('<subtype>_print._sub._ipp._tcp</subtype>').and.to.contain('<txt-record>note=a b</txt-record>').and.to.contain('host-name=KM1\n');
  });

  it('listens on every port of the services, and takes everything away again', () => {
    const command = plugCommand(lanPlace(0), identity);
    expect(command).to.contain('-l 192.0.2.10:80 -l 192.0.2.10:631 ').and.to.contain('-lt 2 ]');
    expect(unplugCommand(lanPlace(0))).to.match(/^ip link set lanport0 down;.*ip netns del hwlab-lan0; true$/);
  });
});
