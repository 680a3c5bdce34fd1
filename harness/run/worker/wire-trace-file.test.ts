import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WireEvent } from '../../emulation/usb-device.ts';
import { wireItems } from '../../report/trace/wire-items.ts';
import { WireTraceFile } from './wire-trace-file.ts';

describe('the wire trace of a cell', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-wire-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const event = (t: number): WireEvent => ({ t, from: 'host', kind: 'bulk', endpoint: 1, meaning: 'x'.repeat(100_000) });

  it('ends at 16 MiB, once, with an event that says so', async () => {
    const file = join(folder, 'wire.jsonl');
    const trace = new WireTraceFile(file);
    for (let t = 0; t < 200; t += 1) trace.record(event(t));
    await trace.end();
    trace.record(event(300));
    const text = readFileSync(file, 'utf8');
    const { items, unreadable } = wireItems(text);
    expect([unreadable, items.length, text.length < 17 * 2 ** 20]).to.deep.equal([0, 168, true]);
    expect(items.at(-1)?.text).to.contain('what comes after 16 MiB is left out');
  });

  it('of a disk that is full, or a folder that is gone, is no error', async () => {
    for (const path of ['/dev/full', join(folder, 'gone/wire.jsonl')]) {
      const trace = new WireTraceFile(path);
      trace.record(event(1));
      await new Promise((resolve) => setTimeout(resolve, 20));
      trace.record(event(2));
      await trace.end();
    }
  });
});
