import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { FakeShell } from '../../capabilities/testing/fake-shell.ts';
import { blacklistModules } from './blacklist-modules.ts';

/** Every command is answered by the test: what is blacklisted here would be this host's. */
function guest(stdout: string): FakeShell {
  const shell = new FakeShell();
  shell.answers.push({ match: /^/, result: { stdout } });
  return shell;
}

const codeOf = async (work: Promise<void>): Promise<unknown> => await work.then(() => 'done', (error: unknown) => (error instanceof HwlabError ? [error.code, error.blame, error.retryable] : error));

describe('blacklistModules', () => {
  it('is done when none of the modules is loaded any more', async () => {
    const shell = guest('');
    expect(await codeOf(blacklistModules(shell, ['usbhid', 'hid_multitouch'], Deadline.after(5000)))).to.equal('done');
    expect(shell.commands[0]).to.contain('for m in usbhid hid_multitouch;');
  });

  it('does not go on with a module that stays: such a control would prove nothing', async () => {
    expect(await codeOf(blacklistModules(guest('usbhid, used 1 times \n'), ['usbhid'], Deadline.after(5000)))).to.deep.equal(['module-stays', 'lab', true]);
  });

  it('takes nothing for a module that is none', async () => {
    const shell = guest('');
    expect(await codeOf(blacklistModules(shell, ['a; reboot'], Deadline.after(5000)))).to.deep.equal(['bad-module-name', 'usage', false]);
    expect(shell.commands).to.deep.equal([]);
  });
});
