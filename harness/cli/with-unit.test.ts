import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HwlabError } from '../base/hwlab-error.ts';
import { projectRoot } from '../base/places.ts';
import type { Catalogue } from '../run/catalogue.ts';
import { modelOf, withUnit } from './with-unit.ts';

describe('a unit of the lab file in a run', () => {
  const models = new Map(
    [['uno', 'arduino-uno-r3'], ['uno-slow', 'arduino-uno-r3'], ['nano', 'arduino-nano']].map(([id = '', device]) => [id, { model: { id, device } }]),
  ) as unknown as Catalogue['models'];

  it('is run as the one model of its product, or as the one that is named', () => {
    expect(modelOf({ id: 'nano-1', model: 'arduino-nano' }, { models })).to.equal('nano');
    for (const [model, said] of [['arduino-uno-r3', 'there are 2: uno, uno-slow'], ['lego-ev3', 'there is no model']] as const) expect(() => modelOf({ id: 'x-1', model }, { models })).to.throw(said);
  });

  it('is not also somewhere else', async () => {
    const error = await withUnit('uno-1', { from: { host: '127.0.0.1', port: 1 } }, async () => Promise.resolve(0)).catch((thrown: unknown) => thrown as HwlabError);
    expect(error).to.include({ code: 'options-contradict' });
  });

  it('is a unit and not a machine, and is plugged in for one suite', async () => {
    const state = mkdtempSync(join(tmpdir(), 'hwlab-unit-'));
    const kept = process.env['HWLAB_STATE'];
    process.env['HWLAB_STATE'] = state;
    try {
      const lab = join(projectRoot, 'fixtures/lab/bench.yaml');
      const refused = async (name: string, device: string): Promise<unknown> => withUnit(name, { lab, device }, async () => expect.fail('it ran')).catch((thrown: unknown) => (thrown as HwlabError).code);
      expect(await refused('laptop-7', 'arduino-uno-r3')).to.equal('unknown-name');
      expect(await refused('uno-1', 'kyocera-ecosys-m2040dn')).to.equal('suite-needed');
    } finally {
      if (kept === undefined) delete process.env['HWLAB_STATE'];
      else process.env['HWLAB_STATE'] = kept;
      rmSync(state, { recursive: true });
    }
  });
});
