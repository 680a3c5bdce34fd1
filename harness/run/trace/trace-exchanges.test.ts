import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { createUnit } from '../../emulation/create-unit.ts';
import { plugIntoFake } from '../../emulation/testing/fake-qemu.ts';
import { testModel } from '../../emulation/testing/test-unit.ts';
import type { EmulatedModel } from '../../emulation/usb-device.ts';
import { encodeIpp } from '../../wire/ipp/encode-ipp.ts';
import { strings } from '../../wire/ipp/ipp-lookup.ts';
import type { TraceEntry } from './cell-trace-file.ts';
import { ExchangeTrace, traceUsbExchanges } from './trace-exchanges.ts';

const model = JSON.parse(readFileSync(join(projectRoot, 'fixtures/devices/mfps/kyocera-ecosys-m2040dn.json'), 'utf8')) as EmulatedModel;

describe('requests that are read from the cable', () => {
  it('are those that a driver makes of the emulated device, over both of its connections, with their answers', async () => {
    const told: TraceEntry[] = [];
    const watch = traceUsbExchanges(model, (entry) => told.push(entry));
    const { guest, close } = await plugIntoFake(await createUnit(model), (event, data) => watch?.(event, data));
    try {
      for (const number of [0, 1]) expect(await guest.setAlternate(number, 1)).to.equal('ok');
      const opening = [strings('attributes-charset', 'charset', 'utf-8'), strings('attributes-natural-language', 'naturalLanguage', 'en'), strings('printer-uri', 'uri', 'ipp://localhost/ipp/print')];
      const ipp = encodeIpp({ version: [2, 0], code: 0x0b, requestId: 1, groups: [{ tag: 'operation', attributes: opening }] });
      const ask = async (endpoint: number, head: string, body: Uint8Array): Promise<void> => {
        // In two transfers, as a driver may.
        await guest.bulkOut(endpoint, Buffer.from(head));
        if (body.length > 0) await guest.bulkOut(endpoint, body);
      };
      const until = async (endpoint: number, count: number): Promise<void> => {
        for (let read = 0; read < 200 && told.length < count; read += 1) await guest.bulkIn(endpoint, 16_384);
      };
      await ask(1, `POST /ipp/print HTTP/1.1\r\nHost: x\r\nContent-Type: application/ipp\r\nContent-Length: ${ipp.length}\r\n\r\n`, ipp);
      await until(1, 1);
      await ask(2, 'GET /eSCL/ScannerStatus HTTP/1.1\r\nHost: x\r\n\r\n', Buffer.alloc(0));
      await until(2, 2);
    } finally {
      close();
    }
    const [first, second] = told;
    expect(first).to.include({ kind: 'exchange', protocol: 'ipp', asked: 'Get-Printer-Attributes', answered: 'successful-ok', ok: true });
    expect(first?.kind === 'exchange' && first.reply).to.contain('printer-make-and-model = ').and.to.contain('M2040dn');
    expect(second).to.include({ kind: 'exchange', protocol: 'escl', asked: 'GET ScannerStatus', ok: true });
    expect(second?.kind === 'exchange' && second.reply).to.contain('<pwg:State>Idle</pwg:State>');
  });

  it('are not looked for on a device that has none', () => {
    expect(traceUsbExchanges(testModel, () => undefined)).to.equal(undefined);
  });

  it('belong to the request before them, and to none behind a reset', () => {
    const told: TraceEntry[] = [];
    const cable = new ExchangeTrace((entry) => told.push(entry));
    const get = (path: string): Uint8Array => Buffer.from(`GET ${path} HTTP/1.1\r\n\r\n`);
    const answer = Buffer.from('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n');
    cable.moved('host', get('/one'), 1000);
    cable.moved('host', get('/two'), 1500);
    cable.moved('device', answer, 2000);
    cable.moved('device', answer, 2600);
    cable.moved('host', get('/lost'), 3000);
    cable.reset();
    cable.moved('device', answer, 3100);
    expect(told.map((entry) => (entry.kind === 'exchange' ? `${entry.asked} ${entry.ms} ${entry.ok}` : entry.kind))).to.deep.equal(['GET /one 1000 false', 'GET /two 1100 false']);
  });
});
