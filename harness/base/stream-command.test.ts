import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Deadline } from './deadline.ts';
import { streamCommand } from './stream-command.ts';
import { waitFor } from './wait-for.ts';

describe('streamCommand', () => {
  it('hands on the lines of both outputs', async () => {
    const lines: string[] = [];
    await streamCommand('sh', ['-c', 'echo one; echo two >&2'], { deadline: Deadline.after(4000), onLine: (line) => lines.push(line) });
    expect(lines.sort()).to.deep.equal(['one', 'two']);
  });

  it('says how a program ended and what it printed last', async () => {
    const error: unknown = await streamCommand('sh', ['-c', 'echo no disk >&2; exit 7'], { deadline: Deadline.after(4000), code: 'x' }).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'x', blame: 'lab', message: 'sh ended with 7: no disk' });
  });

  it('says that a program is not there', async () => {
    const error: unknown = await streamCommand('hwlab-no-such-program', [], { deadline: Deadline.after(4000) }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'command-missing');
  });

  it('ends the program with its children when time is up', async () => {
    let child = 0;
    const started = performance.now();
    const error: unknown = await streamCommand('sh', ['-c', 'sleep 60 & echo $!; wait'], { deadline: Deadline.after(300), onLine: (line) => (child = Number(line)) }).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'deadline-exceeded');
    expect(performance.now() - started, 'by the first signal').to.be.below(9000);
    await waitFor('the child has ended', () => (['gone', 'Z'].includes(stateOf(child)) ? { value: true } : { saw: stateOf(child) }), { deadline: Deadline.after(4000), every: 5 });
  });
});

/** Letter of /proc/PID/stat; an ended orphan is a zombie until its new parent looks. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] ?? '';
  } catch {
    return 'gone';
  }
}
