import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { encodeIpp } from '../../wire/ipp/encode-ipp.ts';
import { boolean, groupAttributes, integer, numberOf, strings, textOf, textsOf } from '../../wire/ipp/ipp-lookup.ts';
import type { IppAttribute, IppMessage } from '../../wire/ipp/ipp-message.ts';
import { IppCable as Cable } from '../testing/ipp-cable.ts';

const signal = new AbortController().signal;
const pdf = Buffer.from('%PDF-1.4\n1 0 obj << /Type /Page >>\n2 0 obj << /Type /Page >>\n%%EOF\n');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const jobOf = (answer: IppMessage): readonly IppAttribute[] => groupAttributes(answer, 'job');
const names = (answer: IppMessage): readonly string[] => groupAttributes(answer, 'printer').map(({ name }) => name);

describe('IPP-over-USB multi-function device', () => {
  it('prints a PDF with Print-Job and remembers all about it', async () => {
    const cable = new Cable();
    const answer = await cable.ask('Print-Job', [strings('job-name', 'nameWithoutLanguage', 'Exam'), strings('document-format', 'mimeMediaType', 'application/pdf')], [strings('sides', 'keyword', 'two-sided-long-edge')], pdf);
    expect(answer.status).to.equal('successful-ok');
    expect(textOf(jobOf(answer), 'job-uri')).to.equal('ipp://localhost:60000/ipp/print/jobs/1');
    const [job] = cable.controls.printer.jobs;
    expect(job).to.deep.include({ id: 1, name: 'Exam', user: 'anna', state: 'completed', options: { sides: 'two-sided-long-edge' } });
    expect(job?.documents[0]).to.deep.include({ format: 'application/pdf', sha256: sha256(pdf), length: pdf.length });
    expect(job?.documents[0]?.pages?.pages).to.equal(2);
    expect(cable.controls.printer.exchanges).to.deep.equal([{ operation: 'Print-Job', status: 'successful-ok' }]);
  });

  it('prints with Create-Job and Send-Document, and lists the job', async () => {
    const cable = new Cable();
    const created = await cable.ask('Create-Job');
    const id = numberOf(jobOf(created), 'job-id') ?? 0;
    expect(numberOf(jobOf(await cable.ask('Get-Jobs')), 'job-id')).to.equal(id);
    expect((await cable.ask('Send-Document', [integer('job-id', id)], [], pdf)).status).to.equal('client-error-bad-request');
    expect((await cable.ask('Send-Document', [integer('job-id', id), boolean('last-document', true)], [], pdf)).status).to.equal('successful-ok');
    expect((await cable.ask('Send-Document', [integer('job-id', id), boolean('last-document', true)], [], pdf)).status).to.equal('client-error-not-possible');
    const attributes = jobOf(await cable.ask('Get-Job-Attributes', [integer('job-id', id)]));
    expect(numberOf(attributes, 'job-state')).to.equal(9);
    expect(numberOf(attributes, 'job-impressions-completed')).to.equal(2);
    expect(jobOf(await cable.ask('Get-Jobs'))).to.deep.equal([]);
    expect(jobOf(await cable.ask('Get-Jobs', [strings('which-jobs', 'keyword', 'completed')])).map(({ name }) => name)).to.deep.equal(['job-id', 'job-uri']);
    expect((await cable.ask('Cancel-Job', [integer('job-id', id)])).status).to.equal('client-error-not-possible');
    expect((await cable.ask('Cancel-Job', [integer('job-id', 77)])).status).to.equal('client-error-not-found');
  });

  it('gives media-col-database only when it is asked for by name', async () => {
    const cable = new Cable();
    const requested = async (...keywords: readonly string[]): Promise<readonly string[]> => names(await cable.ask('Get-Printer-Attributes', keywords.length > 0 ? [strings('requested-attributes', 'keyword', ...keywords)] : []));
    expect(await requested()).to.include('printer-state').and.not.include('media-col-database');
    expect(await requested('all')).to.include('media-default').and.not.include('media-col-database');
    expect(await requested('media-col-database')).to.deep.equal(['media-col-database']);
    expect(await requested('job-template')).to.include('sides-supported').and.not.include('printer-state');
    expect(await requested('printer-description', 'sides-default')).to.include('sides-default').and.not.include('sides-supported');
    expect(await requested('none')).to.deep.equal([]);
  });

  it('waits for paper and says so', async () => {
    const cable = new Cable();
    cable.controls.printer.setPaper(false);
    const answer = await cable.ask('Print-Job', [], [], pdf);
    expect(numberOf(jobOf(answer), 'job-state')).to.equal(6);
    const printer = groupAttributes(await cable.ask('Get-Printer-Attributes'), 'printer');
    expect(numberOf(printer, 'printer-state')).to.equal(5);
    expect(textsOf(printer, 'printer-state-reasons')).to.include('media-empty-error');
    cable.controls.printer.setPaper(true);
    expect(cable.controls.printer.jobs[0]?.state).to.equal('completed');
  });

  it('refuses what RFC 8011 tells it to refuse', async () => {
    const cable = new Cable();
    const good = cable.request('Get-Printer-Attributes');
    const operation = good.groups[0]?.attributes ?? [];
    const attempt = async (change: Partial<IppMessage>): Promise<string> => (await cable.send({ ...good, ...change })).status;
    expect(await attempt({ requestId: 0 })).to.equal('client-error-bad-request');
    expect(await attempt({ version: [0, 0] })).to.equal('server-error-version-not-supported');
    expect(await attempt({ version: [1, 1] })).to.equal('successful-ok');
    expect(await attempt({ code: 0x0003 })).to.equal('server-error-operation-not-supported');
    expect(await attempt({ groups: [] })).to.equal('client-error-bad-request');
    expect(await attempt({ groups: [{ tag: 'operation', attributes: [operation[1]!, operation[0]!, ...operation.slice(2)] }] })).to.equal('client-error-bad-request');
    expect(await attempt({ groups: [{ tag: 'operation', attributes: operation.slice(0, 2) }] })).to.equal('client-error-bad-request');
    expect(await attempt({ groups: [{ tag: 'operation', attributes: [strings('attributes-charset', 'charset', 'koi8-r'), ...operation.slice(1)] }] })).to.equal('client-error-charset-not-supported');
    expect((await cable.ask('Print-Job', [strings('document-format', 'mimeMediaType', 'text/html')], [], pdf)).status).to.equal('client-error-document-format-not-supported');
    expect((await cable.ask('Print-Job', [strings('compression', 'keyword', 'gzip')], [], pdf)).status).to.equal('client-error-compression-not-supported');
    const odd = [strings('sides', 'keyword', 'inside-out'), strings('smell', 'keyword', 'lemon')];
    expect((await cable.ask('Validate-Job', [boolean('ipp-attribute-fidelity', true)], odd)).status).to.equal('client-error-attributes-or-values-not-supported');
    const ignored = await cable.ask('Validate-Job', [], odd);
    expect(ignored.status).to.equal('successful-ok-ignored-or-substituted-attributes');
    expect(groupAttributes(ignored, 'unsupported').map(({ values }) => values[0]?.tag)).to.deep.equal(['keyword', 'unsupported']);
    expect(cable.controls.printer.jobs).to.have.lengthOf(0);
  });

  it('unpacks compressed documents where the model takes them', async () => {
    const cable = new Cable({ behaviour: { printer: { attributes: { 'compression-supported': { keyword: ['none', 'gzip'] } } } } });
    expect((await cable.ask('Print-Job', [strings('compression', 'keyword', 'gzip')], [], gzipSync(pdf))).status).to.equal('successful-ok');
    expect(cable.controls.printer.jobs[0]?.documents[0]?.sha256).to.equal(sha256(pdf));
    expect((await cable.ask('Print-Job', [strings('compression', 'keyword', 'gzip')], [], pdf)).status).to.equal('client-error-bad-request');
    expect(cable.controls.printer.jobs[1]?.state).to.equal('aborted');
  });

  it('identifies itself', async () => {
    const cable = new Cable();
    expect((await cable.ask('Identify-Printer')).status).to.equal('successful-ok');
    expect((await cable.ask('Identify-Printer', [strings('identify-actions', 'keyword', 'dance')])).status).to.equal('client-error-attributes-or-values-not-supported');
    expect(cable.controls.printer.identified).to.deep.equal(['sound']);
  });

  it('answers 404 elsewhere, 400 to what is no IPP, 415 to other types, and goes on', async () => {
    const cable = new Cable();
    expect((await cable.post('/ipp/faxout', encodeIpp(cable.request('Get-Printer-Attributes')))).status).to.equal(404);
    expect((await cable.post('/ipp/print', Buffer.from('no IPP at all, but long enough to look at'))).status).to.equal(400);
    expect((await cable.post('/ipp/print', Buffer.from('{}'), 'application/json')).status).to.equal(415);
    expect((await cable.ask('Get-Printer-Attributes')).status).to.equal('successful-ok');
  });

  it('does not take more from the driver while it is held', async () => {
    const cable = new Cable();
    cable.controls.printer.hold(true);
    const big = Buffer.alloc(1024 * 1024, 'x');
    let written = false;
    const printing = cable.ask('Print-Job', [], [], big).finally(() => {
      written = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(written).to.equal(false);
    cable.controls.printer.hold(false);
    await printing;
    expect(cable.controls.printer.jobs[0]?.documents[0]?.sha256).to.equal(sha256(big));
  });

  it('begins a new conversation at SET_INTERFACE, also in the middle of a request', async () => {
    const cable = new Cable();
    await cable.write(Buffer.from('POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Le'));
    cable.select();
    expect((await cable.ask('Get-Printer-Attributes')).status).to.equal('successful-ok');
    await cable.write(Buffer.from('this is no HTTP\r\n\r\n'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    cable.select();
    expect((await cable.ask('Get-Printer-Attributes')).status).to.equal('successful-ok');
  });

  it('prints raw in its alternate setting 0, and stalls what nobody owns', async () => {
    const cable = new Cable();
    cable.device.onAlternate?.(0, 0);
    expect(await cable.device.out(1, Buffer.from('raw job'), signal)).to.deep.equal({ status: 'ok', accepted: 7 });
    expect(cable.controls.printer.raw.jobs[0]?.document.length).to.equal(7);
    cable.device.onUnplug?.();
  });

  it('has the manners of its personality', async () => {
    const busy = new Cable({ behaviour: { http: { busyAnswers: 1 } } });
    expect((await busy.post('/ipp/print', encodeIpp(busy.request('Get-Printer-Attributes')))).status).to.equal(503);
    expect((await busy.ask('Get-Printer-Attributes')).status).to.equal('successful-ok');
    const empty = new Cable({ behaviour: { http: { notFound: true } } });
    expect((await empty.post('/ipp/print', encodeIpp(empty.request('Get-Printer-Attributes')))).status).to.equal(404);
    const slow = new Cable({ behaviour: { http: { firstAnswerDelay: 30 } } });
    const began = performance.now();
    await slow.ask('Get-Printer-Attributes');
    expect(performance.now() - began).to.be.at.least(25);
  });

  it('has a UUID of the unit, not of the model', async () => {
    const uuid = async (cable: Cable): Promise<string | undefined> => textOf(groupAttributes(await cable.ask('Get-Printer-Attributes'), 'printer'), 'printer-uuid');
    const first = await uuid(new Cable());
    expect(first).to.match(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await uuid(new Cable())).to.equal(first);
    expect(await uuid(new Cable({ usb: { strings: { serial: 'OTHER' } } }))).to.not.equal(first);
  });

  it('cancels, and lists only the user’s own jobs', async () => {
    const cable = new Cable();
    const created = await cable.ask('Create-Job');
    const id = numberOf(jobOf(created), 'job-id') ?? 0;
    expect(jobOf(await cable.ask('Get-Jobs', [boolean('my-jobs', true)]))).to.have.lengthOf(2);
    const jobUri = strings('job-uri', 'uri', `ipp://localhost/ipp/print/jobs/${id}`);
    expect((await cable.ask('Cancel-Job', [jobUri])).status).to.equal('successful-ok');
    expect(cable.controls.printer.jobs[0]).to.deep.include({ state: 'canceled', reasons: ['job-canceled-by-user'] });
  });
});
