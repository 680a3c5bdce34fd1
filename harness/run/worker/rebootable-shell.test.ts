import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { CommandResult } from '../../base/run-command.ts';
import type { Shell } from '../../capabilities/shell.ts';
import { RebootableShell } from './rebootable-shell.ts';

const lost = new HwlabError({ code: 'shell-lost', blame: 'lab', message: 'the connection was closed' });

/** A login on the system with this boot id; `reboot` answers or breaks the connection. */
function login(bootId: string, log: string[], reboot: 'ends' | 'breaks' = 'ends'): Shell {
  return {
    run: async (commandLine: string): Promise<CommandResult> => {
      log.push(`${bootId}: ${commandLine}`);
      if (commandLine === 'systemctl reboot' && reboot === 'breaks') throw lost;
      return { exitCode: 0, stdout: bootId, stderr: '' };
    },
    putFile: async () => undefined,
    getFile: async () => new Uint8Array(),
    forward: async (port) => ({ port, [Symbol.asyncDispose]: async () => undefined }),
    close: async () => void log.push(`${bootId}: closed`),
  };
}

describe('RebootableShell', () => {
  for (const manner of ['ends', 'breaks'] as const) {
    it(`waits for another boot id, when the connection ${manner}`, async () => {
      const log: string[] = [];
      const logins = [login('one', log), login('two', log)];
      const shell = new RebootableShell(login('one', log, manner), async () => logins.shift() ?? login('three', log));
      await shell.reboot(Deadline.after(5000));
      expect((await shell.run('true', { deadline: Deadline.after(1000) })).stdout).to.equal('two');
      expect(log.filter((line) => line.endsWith('closed'))).to.deep.equal(['one: closed', 'one: closed']);
    });
  }

  it('blames the product when the old system never goes down', async () => {
    const shell = new RebootableShell(login('one', []), async () => login('one', []));
    const error: unknown = await shell.reboot(Deadline.after(150)).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(HwlabError);
    expect((error as HwlabError).message).to.match(/comes up again after a reboot/);
    expect((error as HwlabError).blame).to.equal('product');
  });
});
