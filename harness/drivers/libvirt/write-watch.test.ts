import { expect } from 'chai';
import { setTimeout } from 'node:timers/promises';
import { WriteWatch } from './write-watch.ts';

/** A program that prints what virsh would; the real one is met in tests/integration/host-disk-full.test.ts. */
const printing = (script: string): WriteWatch => new WriteWatch('sh', ['-c', script]);

describe('WriteWatch', () => {
  it('tells every listener once, also one that comes late', async () => {
    const watch = printing("printf \"event 'io-err\"; sleep 0.05; printf \"or' for domain 'x': /disk (virtio-disk0) pause\\n\"; exec sleep 5");
    let calls = 0;
    const told = new Promise<void>((resolve) => watch.onError(() => resolve(void (calls += 1))));
    await told;
    watch.onError(() => (calls += 1));
    expect(calls).to.equal(2);
    watch.end();
  });

  it('says nothing of other output, nor after its end, nor when the program is missing', async () => {
    let calls = 0;
    const watches = [printing("echo 'event loop timed out'"), printing('true'), new WriteWatch('/no/such/program', [])];
    const ended = printing("sleep 0.2; echo \"event 'io-error' for domain 'x'\"; exec sleep 5");
    for (const watch of [...watches, ended]) watch.onError(() => (calls += 1));
    ended.end();
    await setTimeout(400);
    for (const watch of watches) watch.end();
    expect(calls).to.equal(0);
  });
});
