import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { cycle, fenced, type Fence, type Power } from '../power.ts';
import type { SimulatedSwitch } from './simulated-switch.ts';

export interface PowerUnderTest extends AsyncDisposable {
  readonly power: Power;
  readonly button: SimulatedSwitch;
  /** The same with a wrong password, where there is one. */
  readonly wrongPassword?: Power;
  /** Takes the controller off the network, and brings it back. */
  die(): Promise<void>;
  revive(): Promise<void>;
  /** Milliseconds after which a late state comes, less than the patience of `power`; 400 by default. */
  readonly late?: number;
}

/** What every power must do; mocha tests. `slow` seconds are what one switching may take at most on a busy machine. */
export function powerContract(name: string, make: () => Promise<PowerUnderTest>, slow = 30): void {
  describe(`power: ${name}`, function () {
    this.timeout(slow * 4000);
    let it_: PowerUnderTest;
    const soon = (): Deadline => Deadline.after(slow * 1000);

    before(async () => {
      it_ = await make();
    });
    after(async () => it_?.[Symbol.asyncDispose]());
    beforeEach(() => {
      Object.assign(it_.button, { power: 'off', fault: 'none', delay: 0 });
      it_.button.commands.length = 0;
    });

    it('switches on and off, and each is true when the call returns', async () => {
      expect(await it_.power.state(soon())).to.equal('off');
      await it_.power.on(soon());
      expect([it_.button.power, await it_.power.state(soon())]).to.deep.equal(['on', 'on']);
      await it_.power.off(soon());
      expect([it_.button.power, await it_.power.state(soon())]).to.deep.equal(['off', 'off']);
      expect(it_.button.commands).to.deep.equal(['on', 'off']);
    });

    it('waits for a state that comes late', async () => {
      it_.button.delay = it_.late ?? 400;
      await it_.power.on(soon());
      expect(it_.button.power).to.equal('on');
      await it_.power.off(soon());
      expect(it_.button.power).to.equal('off');
    });

    it('gives no command to a machine that is so already', async () => {
      await it_.power.off(soon());
      it_.button.power = 'on';
      await it_.power.on(soon());
      expect(it_.button.commands).to.deep.equal([]);
    });

    it('cycles from on and from off', async () => {
      await cycle(it_.power, soon());
      expect(it_.button.power).to.equal('on');
      await cycle(it_.power, soon());
      expect([it_.button.power, ...it_.button.commands]).to.deep.equal(['on', 'on', 'off', 'on']);
    });

    it('shuts down where it can', async () => {
      if (it_.power.shutdown === undefined) return;
      it_.button.power = 'on';
      await it_.power.shutdown(soon());
      expect([it_.button.power, ...it_.button.commands]).to.deep.equal(['off', 'shutdown']);
    });

    it('believes no yes: what does not obey is power-does-not-obey', async () => {
      it_.button.fault = 'disobeys';
      const error = await failure(it_.power.on(soon()));
      expect([error.code, error.blame, error.facts['seen']]).to.deep.equal(['power-does-not-obey', 'lab', 'off']);
      it_.button.power = 'on';
      expect((await failure(it_.power.off(soon()))).code).to.equal('power-does-not-obey');
    });

    it('takes nonsense for unknown, never for off', async () => {
      it_.button.power = 'on';
      it_.button.fault = 'garbage';
      const why: string[] = [];
      expect(await it_.power.state(soon(), (text) => why.push(text))).to.equal('unknown');
      expect(why.join(''), 'why it is unknown').to.not.equal('');
      const error = await failure(it_.power.off(soon()));
      expect(error.code).to.be.oneOf(['power-unreachable']);
    });

    it('takes a wrong password for a refusal, never for off', async () => {
      if (it_.wrongPassword === undefined) return;
      for (const power of ['on', 'off'] as const) {
        it_.button.power = power;
        expect((await failure(it_.wrongPassword.state(soon()))).code).to.equal('power-refused');
        expect((await failure(it_.wrongPassword[power](soon()))).code).to.equal('power-refused');
      }
      expect((await failure(cycle(it_.wrongPassword, soon()))).code).to.equal('power-refused');
      expect(it_.button.commands).to.deep.equal([]);
    });

    it('knows nothing of a machine whose controller is dead, within seconds and not minutes', async () => {
      await it_.die();
      try {
        const started = performance.now();
        const why: string[] = [];
        expect(await it_.power.state(soon(), (text) => why.push(text))).to.equal('unknown');
        expect(why.join(''), 'why it is unknown').to.not.equal('');
        expect(performance.now() - started).to.be.below(slow * 500);
        const error = await failure(it_.power.off(soon()));
        expect([error.code, error.blame]).to.deep.equal(['power-unreachable', 'lab']);
      } finally {
        await it_.revive();
      }
      expect(await it_.power.state(soon())).to.equal('off');
    });

    it('ends an interrupted cycle in off, read back', async () => {
      it_.button.power = 'on';
      const abort = new AbortController();
      const stop = new HwlabError({ code: 'interrupted', blame: 'usage', message: 'somebody pressed Ctrl-C' });
      const watched: Power = {
        ...it_.power,
        off: async (deadline, fence) => it_.power.off(deadline, fence).finally(() => abort.abort(stop)),
      };
      const error = await failure(cycle(watched, Deadline.after(slow * 1000, abort.signal)));
      expect([error.code, error.facts['endedIn'], it_.button.power]).to.deep.equal(['power-cycle-interrupted', 'off', 'off']);
      expect(error.cause).to.equal(stop);
    });

    it('refuses a holder whose lease is lost before any command', async () => {
      const stale = fenced(it_.power, fenceThatHolds(0));
      expect((await failure(stale.on(soon()))).code).to.equal('lease-lost');
      it_.button.power = 'on';
      expect((await failure(stale.off(soon()))).code).to.equal('lease-lost');
      expect((await failure(cycle(stale, soon()))).code).to.equal('lease-lost');
      if (stale.shutdown) expect((await failure(stale.shutdown(soon()))).code).to.equal('lease-lost');
      expect(it_.button.commands).to.deep.equal([]);
    });

    it('asks the fence again right before the command', async () => {
      const error = await failure(fenced(it_.power, fenceThatHolds(1)).on(soon()));
      expect([error.code, ...it_.button.commands]).to.deep.equal(['lease-lost']);
      await fenced(it_.power, fenceThatHolds(2)).on(soon());
      expect(it_.button.commands).to.deep.equal(['on']);
    });
  });
}

/** Holds for so many looks, then the lease is another's. */
function fenceThatHolds(looks: number): Fence {
  let left = looks;
  return {
    check: async () => {
      left -= 1;
      if (left < 0) throw new HwlabError({ code: 'lease-lost', blame: 'lab', message: 'the lease is held by another' });
      return Promise.resolve();
    },
  };
}

async function failure(work: Promise<unknown>): Promise<HwlabError> {
  const error = await work.then(
    (value) => new Error(`no error, but ${String(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HwlabError)) throw error;
  return error;
}
