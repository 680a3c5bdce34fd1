import { expect } from 'chai';
import type { ConsoleLine, MachineConsole } from '../../capabilities/machine-console.ts';
import { BootWatch } from './boot-watch.ts';

describe('watching a start', () => {
  const quiet = { firmware: 1000, quiet: 1000, stall: 1000, shell: 1000 };
  const power = { state: async () => Promise.resolve('on' as const), on: async () => Promise.resolve(), off: async () => Promise.resolve() };
  const run = { requests: [], transfers: () => [], onRequest: () => undefined, disarm: () => undefined };

  it('keeps the first and the last lines of a machine that floods its console', () => {
    let say: (line: ConsoleLine) => void = () => undefined;
    const console = { state: 'connected', onLine: (listener: typeof say) => ((say = listener), () => undefined) } as unknown as MachineConsole;
    const watch = new BootWatch({ id: 'laptop-7', mac: '52:54:00:77:00:02', goal: 'live', power, console, run, dhcp: { events: [] }, patience: quiet });
    say({ at: 0, text: 'LAB-NETBOOT ipxe', from: 'console' });
    say({ at: 0, text: 'console lost', from: 'note' });
    for (let line = 0; line < 20_500; line += 1) say({ at: line, text: `spam ${line}`, from: 'console' });
    say({ at: 30_000, text: 'Kernel panic - not syncing: flood', from: 'console' });
    expect(watch.seen(/Kernel panic/)).to.be.a('number');
    expect(watch.seen(/LAB-NETBOOT ipxe/)).to.be.a('number');
    expect(watch.seen(/console lost/)).to.equal(undefined);
    expect(watch.tail(2)).to.equal('spam 20499\nKernel panic - not syncing: flood');
    expect(watch.evidence().lines).to.have.length(20_000);
  });
});
