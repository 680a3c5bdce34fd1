import { expect } from 'chai';
import type { HwlabError } from '../base/hwlab-error.ts';
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
});
