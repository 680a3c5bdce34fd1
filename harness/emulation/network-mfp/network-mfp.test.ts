import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../base/places.ts';
import { mergePatch } from '../../base/merge-patch.ts';
import type { EmulatedModel } from '../usb-device.ts';
import type { NetworkDevice } from './network-device.ts';
import { createNetworkMfp, type NetworkMfpControls } from './network-mfp.ts';

const read = (path: string): EmulatedModel => JSON.parse(readFileSync(join(projectRoot, 'fixtures/devices', path), 'utf8')) as EmulatedModel;
const laser = (patch: object = {}): NetworkDevice<NetworkMfpControls> => createNetworkMfp(mergePatch(read('network/hwlab-laser-a4-n.json'), patch) as EmulatedModel);
const txtOf = (device: NetworkDevice<unknown>, type: string): ReadonlyMap<string, string> =>
  new Map(device.identity.services.find((service) => service.type === type)?.txt.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));

describe('device on the network', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  it('announces a printer with what it can do, and no scanner where there is none', () => {
    const device = laser();
    expect(device.identity.services.map(({ type, port }) => [type, port])).to.deep.equal([['_ipp._tcp', 631]]);
    const txt = txtOf(device, '_ipp._tcp');
    expect([txt.get('rp'), txt.get('Color'), txt.get('Duplex'), txt.get('usb_MDL')]).to.deep.equal(['ipp/print', 'F', 'T', 'Laser A4 N']);
    expect(txt.get('UUID')).to.equal(device.controls.network.uuid);
    expect(device.identity.ports).to.deep.equal([631]);
  });

  it('announces the scanner of the same product on USB, with its sources and colours', () => {
    const usb = read('mfps/kyocera-ecosys-m2040dn.json');
    const device = createNetworkMfp({ ...usb, emulator: 'network-mfp', behaviour: { printer: usb.behaviour['printer'], scanner: usb.behaviour['scanner'], hostName: 'KM1', serial: 'X', networkSideOf: usb.id } });
    const txt = txtOf(device, '_uscan._tcp');
    expect([txt.get('rs'), txt.get('is'), txt.get('duplex'), txt.get('UUID')]).to.deep.equal(['eSCL', 'platen,adf', 'T', device.controls.network.uuid]);
    expect(txt.get('cs')?.split(',')).to.have.members(['binary', 'grayscale', 'color']);
    expect(device.identity.ports).to.deep.equal([80, 631]);
  });

  it('announces nothing, or other keys, where its model says so', () => {
    const quiet = laser({ behaviour: { announces: { without: ['_ipp._tcp'] } } }).identity;
    expect([quiet.services, quiet.ports]).to.deep.equal([[], [631]]);
    const txt = txtOf(laser({ behaviour: { announces: { txt: { UUID: false, note: 'cellar' } } } }), '_ipp._tcp');
    expect([txt.has('UUID'), txt.get('note')]).to.deep.equal([false, 'cellar']);
  });

  it('serves IPP, and 404 where its manners are so', async () => {
    const device = laser();
    server = createServer(device.listener).listen(0, '127.0.0.1');
    await new Promise((resolve) => server?.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/ipp/print`, { method: 'POST', body: new Uint8Array(4), headers: { 'content-type': 'application/ipp' } })).status;
    expect(await ask()).to.equal(400);
    device.controls.behave({ http: { notFound: true } });
    expect(await ask()).to.equal(404);
    device.controls.reset();
    expect(await ask()).to.equal(400);
  });
});
