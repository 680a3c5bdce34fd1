import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { FakeShell } from '../capabilities/testing/fake-shell.ts';
import { untilReady } from './settle-guest.ts';

describe('untilReady', () => {
  it('asks again until the command ends with 0', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-ready-'));
    try {
      const shell = new FakeShell();
      await untilReady(shell, { what: 'it is there', command: `[ -e ${folder}/once ] || { touch ${folder}/once; exit 7; }`, within: 5 }, Deadline.after(5000), 1);
      expect(shell.commands.length).to.equal(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }).timeout(6000);

  it('says what it waited for and what the command said', async () => {
    const error: unknown = await untilReady(new FakeShell(), { what: 'the browser shows its page', command: 'echo no page >&2; exit 1', within: 0.3 }, Deadline.after(5000), 1).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(HwlabError);
    expect((error as HwlabError).message).to.match(/the browser shows its page.*exit 1: no page/);
  });

  it('says while it waits what it sees, every so many looks', async () => {
    const lines: string[] = [];
    let looks = 0;
    const shell = { run: async () => ({ exitCode: ++looks < 121 ? 1 : 0, stdout: '', stderr: looks > 100 ? '' : `look ${looks}` }) } as unknown as FakeShell;
    await untilReady(shell, { what: 'it is there', command: 'true', within: 60, every: 0 }, Deadline.after(60_000), 1, (line) => lines.push(line));
    expect(lines).to.deep.equal(['not yet: exit 1: look 60', 'not yet: exit 1']);
  });
});
