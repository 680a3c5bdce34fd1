import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { CommandResult } from '../../base/run-command.ts';
import type { Shell, ShellOptions } from '../../capabilities/shell.ts';
import { TestGuest } from './test-guest.ts';

/** A shell whose commands answer as told; `hang` never ends until its deadline. */
function shellThat(answer: (commandLine: string) => string | 'hang' | Error): Shell {
  return {
    run: async (commandLine: string, options: ShellOptions): Promise<CommandResult> => {
      const said = answer(commandLine);
      if (said instanceof Error) throw said;
      if (said !== 'hang') return { exitCode: 0, stdout: said, stderr: '' };
      return await options.deadline.race(commandLine, new Promise<never>(() => undefined));
    },
    putFile: async () => undefined,
    getFile: async () => new Uint8Array(),
    forward: async (port) => ({ port, [Symbol.asyncDispose]: async () => undefined }),
    close: async () => undefined,
  };
}

function guestWith(shell: Shell, milliseconds = 20): TestGuest {
  return new TestGuest(shell, { osRelease: 'x', kernel: 'y', image: 'i', machine: 'm', parts: [] }, Deadline.after(milliseconds), 0.01, 10);
}

async function errorOf(work: Promise<unknown>): Promise<HwlabError> {
  const thrown: unknown = await work.catch((error: unknown) => error);
  expect(thrown).to.be.instanceOf(HwlabError);
  return thrown as HwlabError;
}

describe('TestGuest', () => {
  it('blames the product for a command that does not end while the guest still answers', async () => {
    const error = await errorOf(guestWith(shellThat((line) => (line === 'true' ? '' : 'hang'))).run('avrdude'));
    expect(error).to.include({ code: 'guest-command-timeout', blame: 'product' });
    expect(error.message).to.contain('avrdude');
  });

  it('blames the lab when the guest does not answer any more', async () => {
    expect(await errorOf(guestWith(shellThat(() => 'hang')).run('avrdude'))).to.include({ code: 'shell-lost', blame: 'lab' });
  });

  it('hands on a failing command as it is', async () => {
    const failed = new HwlabError({ code: 'guest-command-failed', blame: 'product', message: 'exit 1' });
    expect(await errorOf(guestWith(shellThat(() => failed), 5000).run('false'))).to.equal(failed);
  });

  it('gives only the kernel log of the test', async () => {
    const shell = shellThat(() => '[    9.500000] before\n[   10.100000] during\n  continued\n[   11.000000] after\n');
    expect(await guestWith(shell, 5000).kernelLog()).to.equal('[   10.100000] during\n  continued\n[   11.000000] after');
  });
});
