import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { projectRoot } from '../base/places.ts';
import { createUnit } from './create-unit.ts';
import { serveUnit } from './serve-unit.ts';
import { redirEndpointContract } from './testing/redir-endpoint-contract.ts';
import type { EmulatedModel } from './usb-device.ts';

const host = '127.0.0.1';

for (const path of ['robotics/arduino-uno-r3.json', 'panels/hwlab-panel-65.json', 'printers/hp-laserjet-p1102.json']) {
  redirEndpointContract(`serveUnit with ${path}`, async () => {
    const model = JSON.parse(await readFile(join(projectRoot, 'fixtures/devices', path), 'utf8')) as EmulatedModel;
    const served = await serveUnit(await createUnit(model), { host, port: 0 });
    return { host, port: served.port, close: served.close };
  });
}

// A real one: usbredirect --device VID:PID --as HOST:PORT, with a device that nobody needs meanwhile.
const real = /^([\w.-]+):(\d+)$/.exec(process.env['HWLAB_USBREDIR_ENDPOINT'] ?? '');
if (!real) {
  describe('usbredir endpoint: usbredirect', () => {
    it('with a real device: HWLAB_USBREDIR_ENDPOINT=HOST:PORT says where one is', function () {
      this.skip();
    });
  });
} else redirEndpointContract('usbredirect', async () => Promise.resolve({ host: real[1] ?? host, port: Number(real[2]), close: async () => Promise.resolve() }));

describe('serveUnit', () => {
  it('is one unit: a second client is refused while the first has it', async () => {
    const model = JSON.parse(await readFile(join(projectRoot, 'fixtures/devices/robotics/arduino-uno-r3.json'), 'utf8')) as EmulatedModel;
    const said: string[] = [];
    const served = await serveUnit(await createUnit(model), { host, port: 0 }, (line) => said.push(line));
    const first = connect(served.port, host);
    await once(first, 'data');
    const second = connect(served.port, host);
    await once(second, 'close');
    expect(said.join()).to.contain('a second client was refused');
    first.destroy();
    await served.close();
  });
});
