import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { Deadline } from '../base/deadline.ts';
import { Secret } from '../base/secret.ts';
import { createBootDevice, createConsole, createPower, type BootDeviceSpec, type ConsoleSpec, type PowerSpec } from './metal-drivers.ts';

describe('drivers of the lab file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-metal-drivers-'));
  after(() => rmSync(folder, { recursive: true }));
  const password = { env: 'HWLAB_TEST_NO_SUCH_SECRET' };
  const secrets = async (): Promise<Secret> => Promise.resolve(new Secret('letme-in'));
  const codeOf = async (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: { code: string }) => error.code);
  const specs: PowerSpec[] = [
    { type: 'ipmi', host: '127.0.0.1', user: 'admin', password },
    { type: 'redfish', url: 'https://127.0.0.1:1', user: 'admin', password, tls: { fingerprint: 'ab'.repeat(32) } },
    { type: 'amt', host: '127.0.0.1', user: 'admin', password },
  ];

  it('are made without asking anybody, read their secret at once, and show it nowhere', async () => {
    for (const spec of specs) {
      expect(inspect(await createPower(spec, { secrets }), { depth: 9, showHidden: true }), spec.type).not.to.contain('letme-in');
      expect(await codeOf(createPower(spec)), spec.type).to.equal('secret-missing');
    }
  });

  it('name a type that there is not', async () => {
    expect(await codeOf(createPower({ type: 'lever' } as unknown as PowerSpec))).to.equal('lab-file');
    expect(await codeOf(createBootDevice({ type: 'amt' } as unknown as BootDeviceSpec))).to.equal('lab-file');
    expect(await codeOf(createConsole({ type: 'tape' } as unknown as ConsoleSpec))).to.equal('lab-file');
  });

  it('read the state of an outlet by another power, by a command, or not at all', async () => {
    writeFileSync(join(folder, 'state'), 'off\n');
    const command: PowerSpec = { type: 'command', on: ['true'], off: ['true'], state: ['cat', join(folder, 'state')] };
    const outlet = { type: 'pdudaemon', url: 'http://127.0.0.1:9', hostname: 'strip', port: '1' } as const;
    const state = async (spec: PowerSpec): Promise<string> => (await createPower(spec)).state(Deadline.after(20_000));
    expect(await state({ ...outlet, state: { by: 'power', spec: command } })).to.equal('off');
    expect(await state({ ...outlet, state: { by: 'command', command: ['echo', 'on'] } })).to.equal('on');
    expect(await state(outlet)).to.equal('unknown');
  });
});
