import { expect } from 'chai';
import { PanicWatch } from './panic-watch.ts';

const text = '[    1.0] Run /init\r\n[    2.5] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100\r\n[    2.6] CPU: 0\r\n';

describe('panic watch', () => {
  it('finds the line wherever the console is cut', () => {
    for (let at = 0; at <= text.length; at++) {
      const watch = new PanicWatch();
      watch.add(text.slice(0, at));
      watch.add(text.slice(at));
      expect(watch.panic, `cut at ${at}`).to.equal('Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100');
    }
  });

  it('finds it in single characters, and not in an oops or in quiet text', () => {
    const watch = new PanicWatch();
    for (const character of text) watch.add(character);
    expect(watch.panic).to.contain('Attempted to kill init');
    const calm = new PanicWatch();
    calm.add('BUG: unable to handle page fault\nOops: 0002 [#1] SMP\nKernel panic is a word\n');
    expect(calm.panic).to.equal(undefined);
  });

  it('takes a line without end in bounded time', () => {
    const watch = new PanicWatch();
    for (let i = 0; i < 2000; i++) watch.add('x'.repeat(10_000));
    watch.add('\nKernel panic - not syncing: x\n');
    expect(watch.panic).to.equal('Kernel panic - not syncing: x');
  });
});
