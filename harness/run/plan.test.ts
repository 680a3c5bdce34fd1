import { expect } from 'chai';
import { HwlabError } from '../base/hwlab-error.ts';
import { Catalogue } from './catalogue.ts';
import type { Plan } from '../db/generated/plan.ts';
import { expandPlan } from './plan.ts';
import { sampleModel } from './testing/sample-cell.ts';

const catalogue = new Catalogue({
  models: new Map(
    [sampleModel('laser', ['printers']), sampleModel('mfp', ['printers-ipp', 'scanners']), sampleModel('panel', ['panels'])].map((model) => [model.id, { model, file: `${model.id}.json`, sha256: '0'.repeat(64) }]),
  ),
  suites: new Map(['printers', 'printers-ipp', 'scanners', 'panels'].map((name) => [name, { name, files: [], revision: '0', requirements: {} }])),
  machines: ['vm-basic', 'vm-display'],
  images: ['debian-12', 'debian-13'],
  plans: [],
});

const plan: Plan = { name: 'p', images: ['debian-12', 'debian-13'], machines: ['vm-basic'], models: 'all', suites: 'model', deadlineMinutes: 5 };

function cellsOf(changes: Partial<Plan>): string[] {
  return expandPlan({ ...plan, ...changes }, catalogue).map((cell) => cell.id.id);
}

describe('expandPlan', () => {
  it('multiplies images, machines, models and the suites that each model names', () => {
    expect(cellsOf({ images: ['debian-12'] })).to.deep.equal([
      'debian-12/vm-basic/laser/printers',
      'debian-12/vm-basic/mfp/printers-ipp',
      'debian-12/vm-basic/mfp/scanners',
      'debian-12/vm-basic/panel/panels',
    ]);
    expect(cellsOf({})).to.have.length(8);
  });

  it('drops what exclude matches and adds what include names, once', () => {
    const cells = cellsOf({
      images: ['debian-12'],
      exclude: [{ model: 'mfp' }, { suite: 'panels' }],
      include: [{ image: 'debian-12', machine: 'vm-display', model: 'panel' }, { image: 'debian-12', machine: 'vm-basic', model: 'laser', suite: 'printers' }],
    });
    expect(cells).to.deep.equal(['debian-12/vm-basic/laser/printers', 'debian-12/vm-display/panel/panels']);
  });

  it('runs a named suite only with the models that name it', () => {
    expect(cellsOf({ images: ['debian-12'], suites: ['scanners', 'panels'] })).to.deep.equal(['debian-12/vm-basic/mfp/scanners', 'debian-12/vm-basic/panel/panels']);
  });

  it('takes only the features of the named requirement levels', () => {
    const suites = new Map([['printers', { name: 'printers', files: [], revision: '0', requirements: { 'a.must': 'required', 'a.may': 'optional', 'a.new': 'trial' } }]]);
    const cells = expandPlan({ ...plan, images: ['debian-12'], models: ['laser'], requirements: ['required', 'recommended'] }, new Catalogue({ ...catalogue, suites }));
    expect(cells.map((cell) => cell.features)).to.deep.equal([['a.must']]);
  });

  it('numbers the cells from 1 without gaps', () => {
    expect(expandPlan({ ...plan, exclude: [{ model: 'laser' }] }, catalogue).map((cell) => cell.number)).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  const wrong: readonly [string, Partial<Plan>, string, RegExp][] = [
    ['an unknown model names the near match', { models: ['lazer'] }, 'unknown-model', /did you mean "laser"/],
    ['an unknown image', { images: ['debian-21'] }, 'unknown-image', /did you mean "debian-12"/],
    ['an unknown machine', { machines: ['vm-basik'] }, 'unknown-machine', /vm-basic/],
    ['an unknown suite', { suites: ['printer'] }, 'unknown-suite', /printers/],
    ['nothing left', { exclude: [{ machine: 'vm-basic' }] }, 'empty-plan', /no cell/],
    ['an include of an unknown suite', { include: [{ image: 'debian-12', machine: 'vm-basic', model: 'laser', suite: 'panel' }] }, 'unknown-suite', /panels/],
  ];
  for (const [name, changes, code, message] of wrong) {
    it(`refuses: ${name}`, () => {
      try {
        expandPlan({ ...plan, ...changes }, catalogue);
      } catch (error) {
        expect(error).to.be.instanceOf(HwlabError).with.property('code', code);
        expect((error as HwlabError).message).to.match(message);
        expect((error as HwlabError).blame).to.equal('usage');
        return;
      }
      expect.fail('nothing was thrown');
    });
  }
});
