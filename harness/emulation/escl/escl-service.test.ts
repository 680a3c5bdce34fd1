import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { child, childrenOf, childText, readXml } from '../../wire/escl/read-xml.ts';
import type { ScannerCapabilities } from '../../wire/escl/scanner-capabilities.ts';
import { comparePictures } from '../../wire/picture/compare-pictures.ts';
import type { HttpService } from '../ipp-usb-mfp/http-handler.ts';
import type { ScannerQuirks } from './escl-scanner-behaviour.ts';
import { createEsclService } from './escl-service.ts';
import type { ScannerControls } from './scanner-controls.ts';

const input = {
  minWidth: 16,
  maxWidth: 2550,
  minHeight: 16,
  maxHeight: 3508,
  profiles: [{ colorModes: ['BlackAndWhite1', 'Grayscale8', 'RGB24'], formats: ['image/jpeg', 'image/png', 'application/pdf'], resolutions: [[75, 75], [150, 150], [300, 300], [200, 100]] }],
} as const;
const capabilities: ScannerCapabilities = { version: '2.63', makeAndModel: 'Test', platen: input, feeder: { simplex: input, duplex: input } };

describe('the eSCL service', () => {
  let server: http.Server | undefined;
  let service: HttpService<ScannerControls>;
  let base = '';
  let now = 0;

  async function start(quirks: ScannerQuirks = {}, caps = capabilities): Promise<void> {
    now = 0;
    service = createEsclService({ capabilities: caps, quirks }, () => now);
    server = http.createServer((request, response) => void service.handler(request, response).then((mine) => mine || response.writeHead(404).end('outside')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  function settings(values: Record<string, string | number>, region: readonly number[] = [0, 0, 300, 300]): string {
    const [x, y, width, height] = region;
    return `<scan:ScanSettings xmlns:scan="a" xmlns:pwg="b"><pwg:ScanRegions><pwg:ScanRegion><pwg:XOffset>${x}</pwg:XOffset><pwg:YOffset>${y}</pwg:YOffset><pwg:Width>${width}</pwg:Width><pwg:Height>${height}</pwg:Height></pwg:ScanRegion></pwg:ScanRegions>${Object.entries(values)
      .map(([name, value]) => `<scan:${name}>${value}</scan:${name}>`)
      .join('')}</scan:ScanSettings>`;
  }
  const gray = { InputSource: 'Platen', ColorMode: 'Grayscale8', DocumentFormat: 'image/png', XResolution: 75, YResolution: 75 };
  const feeder = { ...gray, InputSource: 'Feeder' };

  const post = (body: string): Promise<Response> => fetch(`${base}/eSCL/ScanJobs`, { method: 'POST', body });
  const get = (path: string): Promise<Response> => fetch(path.startsWith('http') ? path : `${base}${path}`);
  async function job(body: string): Promise<string> {
    const response = await post(body);
    expect(response.status, await response.text()).to.equal(201);
    return new URL(response.headers.get('location') ?? '', base).href;
  }
  async function page(location: string): Promise<Buffer> {
    const response = await get(`${location}/NextDocument`);
    expect(response.status).to.equal(200);
    return Buffer.from(await response.arrayBuffer());
  }
  async function status(): Promise<{ state: string | undefined; adf: string | undefined; jobs: number }> {
    const root = readXml(Buffer.from(await (await get('/eSCL/ScannerStatus')).arrayBuffer()));
    return { state: childText(root, 'State'), adf: childText(root, 'AdfState'), jobs: childrenOf(child(root, 'Jobs'), 'JobInfo').length };
  }

  it('leaves other paths alone and refuses unknown ones and methods', async () => {
    await start();
    expect(await (await get('/ipp/print')).text()).to.equal('outside');
    expect(await (await get('/eSCLx')).text()).to.equal('outside');
    expect((await get('/eSCL/Nothing')).status).to.equal(404);
    expect((await get('/eSCL/ScanJobs/00000000-0000-4000-8000-000000000000/NextDocument')).status).to.equal(404);
    const wrong = await fetch(`${base}/eSCL/ScannerStatus`, { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')]).to.deep.equal([405, 'GET']);
  });

  for (const [mode, channels, resolution] of [['Grayscale8', 1, 75], ['RGB24', 3, 150], ['BlackAndWhite1', 1, 300]] as const) {
    it(`a platen page in ${mode} at ${resolution} dpi is the pattern, PNG exactly and JPEG closely`, async () => {
      await start();
      for (const format of ['image/png', 'image/jpeg']) {
        const location = await job(settings({ ...gray, ColorMode: mode, DocumentFormat: format, XResolution: resolution, YResolution: resolution }, [31, 7, 401, 203]));
        const bytes = await page(location);
        const { width, height, data } = format === 'image/png' ? PNG.sync.read(bytes) : jpeg.decode(bytes, { useTArray: true });
        const sent = service.controls.jobs().at(-1)!;
        const expected = service.controls.pixels(sent, 1);
        expect([width, height]).to.deep.equal([Math.ceil((401 * resolution) / 300), Math.ceil((203 * resolution) / 300)]);
        const samples = Uint8Array.from({ length: width * height * channels }, (_value, i) => data[Math.floor(i / channels) * 4 + (i % channels)]!);
        const likeness = comparePictures(expected, { width, height, channels, data: samples });
        if (format === 'image/png') expect(likeness.psnr).to.equal(Infinity);
        else if (mode !== 'BlackAndWhite1') expect(likeness.psnr).to.be.above(40);
        expect(sent.pages).to.have.length(1);
        expect(sent.pages[0]).to.include({ complete: true, bytes: bytes.length, mediaType: format, width, height });
        expect((await get(`${location}/NextDocument`)).status).to.equal(404);
      }
    });
  }

  it('two resolutions of one page, PDF, and defaults for what is left open', async () => {
    await start();
    const wide = PNG.sync.read(await page(await job(settings({ ...gray, XResolution: 200, YResolution: 100 }))));
    expect([wide.width, wide.height]).to.deep.equal([200, 100]);
    expect((await page(await job(settings({ ...gray, DocumentFormat: 'application/pdf' })))).subarray(0, 5).toString()).to.equal('%PDF-');
    await page(await job('<ScanSettings><XResolution>75</XResolution></ScanSettings>'));
    expect(service.controls.jobs().at(-1)).to.deep.include({ source: 'Platen', colorMode: 'RGB24', area: { x: 0, y: 0, width: 2550, height: 3508, xResolution: 75, yResolution: 75 } });
  });

  it('refuses what it cannot do: 400 for bad XML, 409 for bad settings, 413 for too much', async () => {
    await start();
    expect((await post('<ScanSettings>')).status).to.equal(400);
    expect((await post(' '.repeat(70_000))).status).to.equal(413);
    const bad: [Record<string, string | number>, number[]?][] = [
      [{ ...gray, ColorMode: 'RGB48' }],
      [{ ...gray, DocumentFormat: 'image/tiff' }],
      [{ ...gray, XResolution: 76, YResolution: 76 }],
      [{ ...gray, XResolution: 75, YResolution: 150 }],
      [{ ...gray, InputSource: 'Camera' }],
      [{ ...gray, Duplex: 'true' }],
      [gray, [0, 0, 2551, 300]],
      [gray, [-1, 0, 300, 300]],
      [gray, [0, 0, 8, 300]],
    ];
    for (const [values, region] of bad) expect((await post(settings(values, region))).status, JSON.stringify([values, region])).to.equal(409);
    expect(service.controls.jobs()).to.have.length(0);
  });

  it('a feeder of three sheets gives three different pages and then 404, and says what it does', async () => {
    await start();
    expect(await status()).to.deep.equal({ state: 'Idle', adf: 'ScannerAdfEmpty', jobs: 0 });
    service.controls.loadFeeder(3);
    expect((await status()).adf).to.equal('ScannerAdfLoaded');
    const location = await job(settings(feeder));
    expect(await status()).to.deep.equal({ state: 'Processing', adf: 'ScannerAdfProcessing', jobs: 1 });
    const pages = [await page(location), await page(location), await page(location)];
    expect(new Set(pages.map((bytes) => bytes.toString('base64'))).size).to.equal(3);
    expect((await get(`${location}/NextDocument`)).status).to.equal(404);
    expect(await status()).to.deep.equal({ state: 'Idle', adf: 'ScannerAdfEmpty', jobs: 1 });
    expect(service.controls.jobs()[0]).to.include({ state: 'Completed' });
  });

  it('duplex gives two pages a sheet', async () => {
    await start();
    service.controls.loadFeeder(2);
    const location = await job(settings({ ...feeder, Duplex: 'true' }));
    for (let i = 0; i < 4; i += 1) await page(location);
    expect((await get(`${location}/NextDocument`)).status).to.equal(404);
  });

  it('an empty feeder, an open door and a jam are refused with 409 and told by the status', async () => {
    await start();
    expect((await post(settings(feeder))).status).to.equal(409);
    service.controls.loadFeeder(1);
    service.controls.setDoor('open');
    expect((await post(settings(feeder))).status).to.equal(409);
    expect(await status()).to.include({ state: 'Stopped', adf: 'ScannerAdfHatchOpen' });
    service.controls.setDoor('closed');
    service.controls.setJam(true);
    expect((await post(settings(feeder))).status).to.equal(409);
    expect((await status()).adf).to.equal('ScannerAdfJam');
  });

  it('a jam in the middle ends the job', async () => {
    await start();
    service.controls.loadFeeder(3);
    const location = await job(settings(feeder));
    await page(location);
    service.controls.setJam(true);
    expect((await get(`${location}/NextDocument`)).status).to.equal(404);
    expect(service.controls.jobs()[0]).to.include({ state: 'Aborted' });
    expect(service.controls.sheetsInFeeder()).to.equal(2);
  });

  it('one job at a time; an abandoned one is given up after a minute', async () => {
    await start();
    await job(settings(gray));
    const busy = await post(settings(gray));
    expect([busy.status, busy.headers.get('retry-after')]).to.deep.equal([503, '1']);
    now += 61_000;
    await page(await job(settings(gray)));
    expect(service.controls.jobs().map((each) => each.state)).to.deep.equal(['Aborted', 'Completed']);
  });

  it('answers busy as often as told, for jobs and documents', async () => {
    await start({ busyBeforeDocument: 1 });
    service.controls.answerBusy('job', 1);
    expect((await post(settings(gray))).status).to.equal(503);
    const location = await job(settings(gray));
    service.controls.answerBusy('document', 2);
    for (let i = 0; i < 3; i += 1) expect((await get(`${location}/NextDocument`)).status).to.equal(503);
    await page(location);
  });

  it('a page that is held ends early and in good form when its job is cancelled, and the next job works', async () => {
    await start();
    const { held } = service.controls.holdNextDocument();
    const location = await job(settings({ ...gray, ColorMode: 'RGB24' }, [0, 0, 2550, 3508]));
    const answer = get(`${location}/NextDocument`).then((response) => response.arrayBuffer());
    await held;
    expect((await get(`${location}/NextDocument`)).status).to.equal(503);
    expect((await fetch(location, { method: 'DELETE' })).status).to.equal(200);
    const half = Buffer.from(await answer);
    const record = service.controls.jobs()[0]!;
    expect(record.state).to.equal('Canceled');
    expect(record.pages[0]).to.include({ complete: false, bytes: half.length });
    expect((await get(`${location}/NextDocument`)).status).to.equal(404);
    expect((await fetch(location, { method: 'DELETE' })).status).to.equal(404);
    await page(await job(settings(gray)));
  });

  it('the stop button, and a client that goes away, end the job', async () => {
    await start();
    const first = service.controls.holdNextDocument();
    const stopped = get(`${await job(settings(gray))}/NextDocument`).then((response) => response.arrayBuffer());
    await first.held;
    service.controls.pressStop();
    await stopped;
    const second = service.controls.holdNextDocument();
    const away = new AbortController();
    const lost = fetch(`${await job(settings({ ...gray, ColorMode: 'RGB24' }, [0, 0, 2550, 3508]))}/NextDocument`, { signal: away.signal })
      .then((response) => response.arrayBuffer())
      .catch(() => 'lost');
    await second.held;
    away.abort();
    expect(await lost).to.equal('lost');
    while (service.controls.jobs()[1]?.state === 'Processing') await new Promise((resolve) => setImmediate(resolve));
    await page(await job(settings(gray)));
    expect(service.controls.jobs().map((each) => each.state)).to.deep.equal(['Canceled', 'Aborted', 'Completed']);
  });

  it('scans a picture that lies on the glass', async () => {
    await start();
    service.controls.placeOnPlaten({ picture: { width: 2, height: 1, channels: 3, data: Uint8Array.of(255, 0, 0, 0, 0, 255) }, dotsPerInch: 75 });
    const { data } = PNG.sync.read(await page(await job(settings({ ...gray, ColorMode: 'RGB24' }, [0, 0, 16, 16]))));
    expect([...data.subarray(0, 12)]).to.deep.equal([255, 0, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255]);
  });

  it('quirks: shift, size, pages too many or few, an empty feeder accepted, 410, a relative location', async () => {
    await start({ shift: { x: 8, y: 0 }, extraColumns: 3, extraFeederPages: 1, emptyFeeder: 'accept', noMoreDocuments: 410, location: 'path' });
    const empty = await job(settings(feeder));
    expect((await get(`${empty}/NextDocument`)).status).to.equal(410);
    service.controls.loadFeeder(1);
    const location = await job(settings(feeder));
    const first = PNG.sync.read(await page(location));
    expect([first.width, first.height]).to.deep.equal([78, 75]);
    await page(location);
    expect((await get(`${location}/NextDocument`)).status).to.equal(410);
    server?.close();
    await start({ extraFeederPages: -1 });
    service.controls.loadFeeder(2);
    const few = await job(settings(feeder));
    await page(few);
    expect((await get(`${few}/NextDocument`)).status).to.equal(404);
  });

  it('a scanner without a feeder, and after power-on', async () => {
    const { feeder: _feeder, ...flat } = capabilities;
    await start({}, flat);
    expect((await status()).adf).to.equal(undefined);
    expect((await post(settings(feeder))).status).to.equal(409);
    await page(await job(settings(gray)));
    expect(service.controls.requests().at(-1)).to.deep.include({ method: 'GET', status: 200 });
    service.reset();
    expect(service.controls.jobs()).to.have.length(0);
    expect(service.controls.requests()).to.have.length(0);
  });
});
