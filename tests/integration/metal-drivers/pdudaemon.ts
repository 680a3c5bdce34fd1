import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../../../harness/base/deadline.ts';
import { waitFor } from '../../../harness/base/wait-for.ts';
import { powerContract, type PowerUnderTest } from '../../../harness/capabilities/testing/power-contract.ts';
import { testPatience } from '../../../harness/capabilities/testing/simulated-switch.ts';
import { stateByCommand } from '../../../harness/drivers/power/command-power.ts';
import { pdudaemonPower } from '../../../harness/drivers/power/pdudaemon-power.ts';
import { findProgram } from '../../../harness/setup/host-requirements.ts';
import { longRun } from '../long-run.ts';
import { startOutlet } from './outlet.ts';

async function startPdudaemon(): Promise<PowerUnderTest & { readonly url: string }> {
  const outlet = await startOutlet();
  const port = await freePort();
  const config = join(outlet.folder, 'pdudaemon.conf');
  const pdu = { driver: 'localcmdline', cmd_on: `${outlet.program} on # %s`, cmd_off: `${outlet.program} off # %s` };
  await writeFile(config, JSON.stringify({ daemon: { hostname: '127.0.0.1', port, logging_level: 'ERROR', listener: 'http' }, pdus: { strip: pdu } }));
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const die = async (): Promise<void> => {
    if (child === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    child = undefined;
    outlet.button.fault = 'dead';
    await ended;
  };
  const revive = async (): Promise<void> => {
    outlet.button.fault = 'none';
    child = spawn('pdudaemon', ['--conf', config, '--logfile', join(outlet.folder, 'log')], { stdio: 'ignore' });
    await waitFor('pdudaemon', async () => fetch(url).then(() => ({ value: true }), () => ({ saw: 'no answer' })), { deadline: Deadline.after(60_000), blame: 'harness' });
  };
  await revive();
  return {
    url,
    button: outlet.button,
    power: pdudaemonPower({ url, hostname: 'strip', port: '3' }, async (deadline) => stateByCommand([outlet.program, 'state'], deadline), { ...testPatience, settle: 400 }),
    late: 150,
    die,
    revive,
    [Symbol.asyncDispose]: async () => {
      await die();
      await outlet[Symbol.asyncDispose]();
    },
  };
}

export function pdudaemonContract(): void {
  if (findProgram('pdudaemon') === undefined) {
    it('power: pdudaemon (skipped: the package pdudaemon is not installed, as its service would listen on every address)');
    return;
  }
  // Its start alone takes seconds, and the contract is that of any command.
  if (longRun) powerContract('outlet, a real pdudaemon', startPdudaemon);

  describe('pdudaemon', function () {
    this.timeout(90_000);
    it('switches an outlet, answers 200 for a command that failed, and is not believed; says no to a strip it does not know', async () => {
      await using daemon = await startPdudaemon();
      await daemon.power.on(Deadline.after(30_000));
      await daemon.power.off(Deadline.after(30_000));
      expect(daemon.button.commands).to.deep.equal(['on', 'off']);
      daemon.button.commands.length = 0;
      daemon.button.fault = 'refuses';
      expect((await fetch(`${daemon.url}/power/control/on?hostname=strip&port=3`)).status).to.equal(200);
      daemon.button.fault = 'none';
      expect(daemon.button.commands).to.deep.equal([]);
      const unknown = pdudaemonPower({ url: daemon.url, hostname: 'other', port: '3' }, async () => Promise.resolve('off' as const), testPatience);
      expect(await unknown.on(Deadline.after(20_000)).catch((error: unknown) => error)).to.include({ code: 'power-does-not-obey' });
      const blind = pdudaemonPower({ url: daemon.url, hostname: 'strip', port: '3' }, async () => Promise.resolve('unknown' as const), testPatience);
      expect(await blind.on(Deadline.after(20_000)).catch((error: unknown) => error)).to.include({ code: 'power-unreachable' });
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
