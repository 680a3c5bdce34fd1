import { expect } from 'chai';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { openGuestPage } from './guest-page.ts';

async function errorOf(port: number): Promise<HwlabError> {
  const error: unknown = await openGuestPage(port, 'surface.html', Deadline.after(4000)).catch((thrown: unknown) => thrown);
  expect(error).to.be.instanceOf(HwlabError);
  return error as HwlabError;
}

describe('openGuestPage', function () {
  this.timeout(20_000);

  it('blames the product when no browser answers, or something that is none', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const other = await errorOf(port);
    expect([other.code, other.blame]).to.deep.equal(['no-browser', 'product']);
    server.close();
    server.closeAllConnections();
    expect((await errorOf(port)).message).to.contain('no browser answers on its debugging port');
  });
});
