import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline } from './deadline.ts';

describe('a deadline in a race', () => {
  for (const [when, deadline] of [
    ['is over before it begins', () => Deadline.after(0)],
    ['runs out meanwhile', () => Deadline.after(5)],
  ] as const) {
    it(`that ${when} leaves no work behind whose failure nobody hears of`, async () => {
      const unheard: unknown[] = [];
      const note = (error: unknown): void => void unheard.push(error);
      // Mocha's own listener would end the test run.
      const others = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
      try {
        const late = delay(20).then(() => Promise.reject(new Error('the page is closed')));
        expect(await deadline().race('asking', late).catch((error: unknown) => (error as { code: string }).code)).to.equal('deadline-exceeded');
        await delay(40);
      } finally {
        process.removeListener('unhandledRejection', note);
        for (const other of others) process.on('unhandledRejection', other);
      }
      expect(unheard).to.deep.equal([]);
    });
  }
});
