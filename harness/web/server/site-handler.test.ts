import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { openDatabase } from '../../db/database.ts';
import { writeRelease } from '../../db/release/write-release.ts';
import { hostileName, writeExampleDatabase } from '../../db/testing/example-database.ts';
import { openApiDocument } from '../api/openapi.ts';
import type { RunningServer } from './http-server.ts';
import { serveSite } from './serve-site.ts';

const token = 'a-token-that-nobody-guesses';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

describe('the lookup server', function () {
  this.timeout(60_000);
  let folder: string;
  let kept: string | undefined;
  let server: RunningServer;
  const log: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-serve-'));
    kept = process.env['HWLAB_INDEX'];
    process.env['HWLAB_INDEX'] = join(folder, 'index');
    const database = await openDatabase(writeExampleDatabase(join(folder, 'db')));
    await writeRelease(database, { out: join(folder, 'releases'), date: '2026-11-21', asFolder: true });
    server = await serveSite({ database, host: '127.0.0.1', port: 0, publicUrl: 'https://hw.example.org', token, releases: join(folder, 'releases'), log: (line) => log.push(line) });
  });
  after(async () => {
    await server?.close();
    if (kept === undefined) delete process.env['HWLAB_INDEX'];
    else process.env['HWLAB_INDEX'] = kept;
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${server.address}${path}`, { redirect: 'manual', ...init });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** The status of a request whose target is sent as it is. */
  async function askRaw(target: string): Promise<number> {
    const { hostname, port } = new URL(server.address);
    return await new Promise((done, failed) => {
      const socket = connect(Number(port), hostname, () => socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`));
      let text = '';
      socket.on('data', (data: Buffer) => (text += data.toString('latin1')));
      socket.once('error', failed);
      socket.once('close', () => done(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])));
    });
  }

  describe('the interface', () => {
    const document = openApiDocument() as { readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, { readonly content: { readonly 'application/json': { readonly schema?: { readonly $ref: string } } } }>> }>>>> };
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats.default(ajv);
    ajv.addSchema(document, 'openapi');

    function expectKept(path: string, method: string, { status, text }: Answer): void {
      const reference = document.paths[path]?.[method]?.responses[String(status)]?.content['application/json'].schema?.$ref;
      expect(reference, `${method} ${path} ${status} is in the document`).to.be.a('string');
      const validate = ajv.getSchema(`openapi${reference}`);
      expect(validate?.(JSON.parse(text)), JSON.stringify(validate?.errors?.slice(0, 3))).to.equal(true);
    }

    const table: readonly (readonly [path: string, asked: string, status: number])[] = [
      ['/data', '/data', 200],
      ['/search', '/search', 200],
      ['/search', '/search?q=kyo&class=printer&limit=1', 200],
      ['/search', '/search?class=toaster', 400],
      ['/search', '/search?limit=101', 400],
      ['/search', '/search?offset=-1', 400],
      ['/devices/{device}', '/devices/kyocera-ecosys-m2040dn', 200],
      ['/devices/{device}', '/devices/hp-laserjet-1320', 200],
      ['/devices/{device}', '/devices/xerox-phaser-3020', 200],
      ['/devices/{device}', '/devices/hostile-device', 200],
      ['/devices/{device}', '/devices/nothing', 404],
      ['/devices/{device}/images/{image}', '/devices/canon-lbp2900/images/school-13', 200],
      ['/devices/{device}/images/{image}', '/devices/canon-lbp2900/images/nothing', 404],
      ['/devices/{device}/alternatives', '/devices/canon-lbp2900/alternatives?image=school-13', 200],
      ['/devices/{device}/alternatives', '/devices/canon-lbp2900/alternatives?image=x', 400],
      ['/compare', '/compare?id=canon-lbp2900&id=brother-hl-2140', 200],
      ['/compare', '/compare', 400],
      ['/compare', `/compare?${'abcdef'.split('').map((id) => `id=${id}`).join('&')}`, 400],
      ['/releases', '/releases', 200],
      ['/r/{release}/devices/{device}', '/r/data-2026-11-21/devices/hp-laserjet-1320', 200],
      ['/r/{release}/search', '/r/data-2026-11-21/search?q=hp', 200],
    ];
    for (const [path, asked, status] of table) {
      it(`${asked.slice(0, 60)}: ${status}, as the document says`, async () => {
        const answer = await ask(`/api/v1${asked}`);
        expect(answer.status).to.equal(status);
        expectKept(path, 'get', answer);
      });
    }

    it('serves its own document', async () => expect(JSON.parse((await ask('/api/v1/openapi.json')).text)).to.deep.equal(JSON.parse(JSON.stringify(openApiDocument()))));

    it('checks a list and keeps nothing', async () => {
      const answer = await ask('/api/v1/tender?lang=en', { method: 'POST', body: 'Name,Quantity\nHP LaserJet 1320,3\nno such thing at all,1\n' });
      expect(answer.status).to.equal(200);
      expectKept('/tender', 'post', answer);
      expect((JSON.parse(answer.text) as { lines: readonly { standing: string }[] }).lines.map(({ standing }) => standing)).to.have.length(2);
    });

    it('changes something only for who has the token', async () => {
      const refresh = (authorization?: string): Promise<Answer> => ask('/api/v1/refresh', { method: 'POST', ...(authorization === undefined ? {} : { headers: { authorization } }) });
      for (const wrong of [undefined, 'Bearer wrong', `Bearer ${token}x`, token, `Basic ${token}`]) expect((await refresh(wrong)).status).to.equal(401);
      const answer = await refresh(`Bearer ${token}`);
      expect(answer.status).to.equal(200);
      expectKept('/refresh', 'post', answer);
      expect((await ask('/api/v1/search', { method: 'POST' })).status).to.equal(405);
    });
  });

  describe('hostile requests', () => {
    it('have security headers on every answer, errors too', async () => {
      for (const path of ['/ru/', '/api/v1/data', '/nothing', '/assets/site.css', '/']) {
        const { headers } = await ask(path);
        const policy = headers.get('content-security-policy') ?? '';
        expect(policy, path).to.contain("default-src 'none'").and.to.contain("frame-ancestors 'none'").and.not.to.contain('unsafe');
        expect(headers.get('x-content-type-options')).to.equal('nosniff');
        expect(headers.get('set-cookie')).to.equal(null);
      }
    });

    it('show names as text', async () => {
      for (const path of ['/ru/?q=evil', '/en/d/hostile-device', '/ru/c/hostile-device/school-13', '/ru/compare?id=hostile-device', `/ru/?q=${encodeURIComponent(hostileName)}`, `/ru/?vendor=${encodeURIComponent('"><script>')}`]) {
        const { text, status } = await ask(path);
        expect(status, path).to.equal(200);
        expect(text).to.not.match(/<script(?! src="\/assets\/site\.js\?[0-9a-f]{12}" defer>)/).and.not.match(/<(?:img|iframe|object|embed|style)/i);
      }
    });

    it('cannot step out of the tree', async () => {
      for (const path of ['/assets/../../package.json', '/assets/%2e%2e/%2e%2e/package.json', '/assets/..%2f..%2fpackage.json', '/ru/d/..%2f..%2fetc', '/%00', '/ru/d/a%5c..%5cb', '/%ff', '//evil.example/', `/${'a'.repeat(5000)}`]) expect(await askRaw(path), path).to.be.oneOf([400, 404]);
    });

    it('are refused early when they announce 100 MB, and when they send more than they may', async () => {
      const status = await new Promise<number>((done, failed) => {
        const asked = request(`${server.address}/ru/tender`, { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=x', 'content-length': 100 * 1024 * 1024 } }, (response) => {
          response.resume();
          done(response.statusCode ?? 0);
          asked.destroy();
        });
        asked.once('error', failed);
        asked.write('--x\r\n');
      });
      expect(status).to.equal(413);
      const long = await new Promise<number>((done, failed) => {
        const asked = request(`${server.address}/api/v1/tender`, { method: 'POST' }, (response) => {
          response.resume();
          done(response.statusCode ?? 0);
          asked.destroy();
        });
        asked.once('error', failed);
        for (let sent = 0; sent < 8; sent += 1) asked.write(Buffer.alloc(1024 * 1024, 'a'));
      });
      expect(long).to.equal(413);
    });

    it('get no file that is not one', async () => {
      const form = new FormData();
      form.set('list', new File(['PK\u0003\u0004 not a workbook'], '<b>x</b>.xlsx'));
      const { status, text } = await ask('/ru/tender', { method: 'POST', body: form });
      expect(status).to.equal(422);
      expect(text).to.contain('Файл не принят').and.not.contain('<b>x</b>');
      expect((await ask('/ru/tender', { method: 'POST', body: 'x' })).status).to.equal(415);
    });

    it('leave no query, token or body in the log', async () => {
      await ask('/ru/?q=secret-word', { headers: { authorization: `Bearer ${token}`, cookie: 'secret-cookie' } });
      expect(log.join('\n')).to.contain('GET /ru/ 200').and.not.contain('secret').and.not.contain(token);
      expect(log.filter((line) => line.startsWith('defect'))).to.deep.equal([]);
    });
  });

  it('speaks Russian first, and English to who asks for it alone', async () => {
    const to = async (language?: string): Promise<string | null> => (await ask('/', language === undefined ? {} : { headers: { 'accept-language': language } })).headers.get('location');
    expect(await to()).to.equal('/ru/');
    expect(await to('en-GB,en;q=0.9')).to.equal('/en/');
    expect(await to('ru-RU,ru;q=0.9,en;q=0.8')).to.equal('/ru/');
    expect(await to('de')).to.equal('/ru/');
  });

  it('shows a data release as on its day, under its own address', async () => {
    const { status, text } = await ask('/r/data-2026-11-21/en/d/hp-laserjet-1320');
    expect(status).to.equal(200);
    expect(text).to.contain('Data release data-2026-11-21').and.contain('/r/data-2026-11-21/en/c/hp-laserjet-1320/');
    expect((await ask('/r/data-1999-01-01/en/')).status).to.equal(404);
  });
});
