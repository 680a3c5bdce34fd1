import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { FakeShell } from '../../capabilities/testing/fake-shell.ts';
import { askFacts } from './ask-facts.ts';

/** Every command is answered by the test: a clock that is set here would be this host's. */
function guest(stdout: string): FakeShell {
  const shell = new FakeShell();
  shell.answers.push({ match: /^/, result: { stdout } });
  return shell;
}

describe('askFacts', () => {
  it('sets the clock of a machine whose clock is behind, before it asks', async () => {
    const shell = guest('Debian GNU/Linux 12 (bookworm)\n6.1.0-53-amd64\n41.50\n');
    const from = Date.now() / 1000;
    const { facts, uptime } = await askFacts(shell, Deadline.after(5000), { clockBehind: true });
    const [, set] = /^date -u -s @([\d.]+) >\/dev\/null; \. \/etc\/os-release/.exec(shell.commands[0] ?? '') ?? [];
    expect(Number(set)).to.be.within(from, Date.now() / 1000 + 1);
    expect(facts).to.deep.equal({ osRelease: 'Debian GNU/Linux 12 (bookworm)', kernel: '6.1.0-53-amd64' });
    expect(uptime()).to.be.within(41.5, 60);
  });

  it('leaves the clock of a machine alone that booted by itself', async () => {
    const shell = guest('School Linux\n6.1.0\n1.00\n');
    await askFacts(shell, Deadline.after(5000));
    expect(shell.commands).to.have.length(1);
    expect(shell.commands[0]).to.match(/^\. \/etc\/os-release/);
  });

  it('takes what a hostile guest answers as text of a bounded length', async () => {
    const { facts, uptime } = await askFacts(guest(`${'x'.repeat(5000)}\n${'y'.repeat(5000)}\nnever\n`), Deadline.after(5000));
    expect(facts.osRelease).to.have.length(200);
    expect(facts.kernel).to.have.length(100);
    expect(uptime()).to.be.within(0, 10);
    expect((await askFacts(guest(''), Deadline.after(5000))).facts.kernel).to.equal('unknown');
  });
});
