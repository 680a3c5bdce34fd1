import { expect } from 'chai';
import { HwlabError } from '../base/hwlab-error.ts';
import type { Personality } from '../db/generated/personality.ts';
import { Catalogue, type KnownPersonality } from './catalogue.ts';
import type { CellId } from '../db/generated/result.ts';
import type { Plan } from '../db/generated/plan.ts';
import { expandPlan, makeCell, onlyLevels } from './plan.ts';
import { sampleModel } from './testing/sample-cell.ts';

const oneInterface = { attributes: 0xc0, maxPower: 2, interfaces: [{ number: 0, alternates: [{ class: [7, 1, 2] as const, endpoints: [] }] }] };

const catalogue = new Catalogue({
  models: new Map(
    [sampleModel('laser', ['printers']), sampleModel('mfp', ['printers-ipp', 'scanners']), sampleModel('panel', ['panels'])].map((model) => [model.id, { model, file: `${model.id}.json`, sha256: '0'.repeat(64) }]),
  ),
  suites: new Map(['printers', 'printers-ipp', 'scanners', 'panels'].map((name) => [name, { name, files: [], revision: '0', requirements: {} }])),
  machines: ['vm-basic', 'vm-display'],
  images: ['debian-12', 'debian-13'],
  plans: [],
});

const quirk = (id: string, emulators: [string], patch: Personality['patch'], more: Partial<Personality> = {}): KnownPersonality => ({
  personality: { id, name: `Quirk ${id}`, emulators, patch, seen: [{ device: 'x', thread: 'https://example.org/1', what: 'it does' }], ...more },
  file: `${id}.json`,
  sha256: '1'.repeat(64),
});

/** Two printers, of which one has an MFP's emulator, with quirks. */
const quirky = new Catalogue({
  ...catalogue,
  models: new Map(
    [sampleModel('laser', ['printers']), { ...sampleModel('mfp', ['printers-ipp', 'scanners']), emulator: 'other' }].map((model) => [model.id, { model: { ...model, usb: { ...model.usb, configuration: oneInterface }, behaviour: { deviceId: 'MFG:ACME;' } }, file: `${model.id}.json`, sha256: '0'.repeat(64) }]),
  ),
  personalities: new Map(
    [
      quirk('mute', ['usb-printer'], { behaviour: { backChannel: 'silent' } }),
      quirk('slow', ['usb-printer'], { behaviour: { bytesPerSecond: 6400 } }),
      quirk('slower', ['usb-printer'], { behaviour: { bytesPerSecond: 3200 } }),
      quirk('no-feeder', ['other'], { behaviour: { feeder: false } }, { suites: ['scanners'] }),
    ].map((each) => [each.personality.id, each]),
  ),
});

const plan: Plan = { name: 'p', images: ['debian-12', 'debian-13'], machines: ['vm-basic'], models: 'all', suites: 'model', deadlineMinutes: 5 };

function cellsOf(changes: Partial<Plan>): string[] {
  return expandPlan({ ...plan, ...changes }, catalogue).map((cell) => cell.id.id);
}

describe('expandPlan', () => {
  it('says of a machine of the bench what it lacks to be in a plan', () => {
    const bench = new Catalogue({ ...catalogue, labMachines: ['laptop-7'], notReady: new Map([['aio-3', 'boot']]) });
    expect(() => bench.machine('aio-3')).to.throw('an image cannot be started on aio-3: the lab file says nothing of its boot');
    expect(() => bench.machine('aio-4')).to.throw('there is no machine "aio-4"');
    expect(bench.machine('laptop-7')).to.equal('laptop-7');
  });

  it('a computer of the bench has its parts wired in; what is emulated comes to it over the network', () => {
    const bench = new Catalogue({ ...catalogue, labMachines: ['laptop-7'], models: new Map([...catalogue.models, ['laptop', { model: { ...sampleModel('laptop', ['panels']), emulator: 'built-in' }, file: 'laptop.json', sha256: '0'.repeat(64) }]]) });
    const at = (machine: string, model: string, suite: string): Partial<CellId> => {
      const { attachment, transport } = makeCell({ image: 'debian-12', machine, model, suite }, 1, bench).id;
      return { attachment, ...(transport ? { transport } : {}) };
    };
    expect(at('laptop-7', 'laptop', 'panels')).to.deep.equal({ attachment: 'wired' });
    expect(at('vm-basic', 'laptop', 'panels')).to.deep.equal({ attachment: 'emulated' });
    expect(at('laptop-7', 'laser', 'printers')).to.deep.equal({ attachment: 'emulated', transport: 'usbip' });
  });

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

  it('leaves out a suite without a feature of the named levels', () => {
    const suites = new Map(catalogue.suites).set('scanners', { name: 'scanners', files: [], revision: '0', requirements: { 'b.must': 'required' } });
    const cells = expandPlan({ ...plan, images: ['debian-12'], models: ['mfp'], requirements: ['required'] }, new Catalogue({ ...catalogue, suites }));
    expect(cells.map(({ id, number, features }) => [id.suite, number, features])).to.deep.equal([['scanners', 1, ['b.must']]]);
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

describe('expandPlan with personalities', () => {
  const base: Plan = { ...plan, images: ['debian-12'] };
  const idsOf = (changes: Partial<Plan>): string[] => expandPlan({ ...base, ...changes }, quirky).map((cell) => cell.id.id.slice('debian-12/vm-basic/'.length));

  it('makes one cell for each personality that fits a model, in the suites that it concerns', () => {
    expect(idsOf({ personalities: 'all' })).to.deep.equal(['laser+mute/printers', 'laser+slow/printers', 'laser+slower/printers', 'mfp+no-feeder/scanners']);
  });

  it('gives each quirk to the first models of an emulator only, if the plan says so', () => {
    const two = new Catalogue({ ...quirky, models: new Map([...quirky.models, ['lazer', { ...quirky.models.get('laser')!, model: { ...quirky.models.get('laser')!.model, id: 'lazer' } }]]) });
    const devices = expandPlan({ ...base, models: ['lazer', 'laser', 'mfp'], personalities: ['mute', 'no-feeder'], modelsEach: 1 }, two).map((cell) => cell.id.id.split('/')[2]);
    expect(devices).to.deep.equal(['lazer+mute', 'mfp+no-feeder']);
    expect(expandPlan({ ...base, first: ['lazer'], personalities: ['mute'], modelsEach: 1 }, two).map((cell) => cell.id.id.split('/')[2])).to.deep.equal(['lazer+mute']);
    expect(expandPlan({ ...base, personalities: ['mute'], modelsEach: 1 }, two).map((cell) => cell.id.id.split('/')[2])).to.deep.equal(['laser+mute']);
    // A model whose suites the quirk does not concern is passed over for one whose suites it does.
    const printer = { ...quirky.models.get('mfp')!, model: { ...quirky.models.get('mfp')!.model, id: 'printer', suites: ['printers-ipp'] } };
    const three = new Catalogue({ ...quirky, models: new Map([...quirky.models, ['printer', printer]]) });
    expect(expandPlan({ ...base, models: ['printer', 'mfp'], personalities: 'all', modelsEach: 1 }, three).map((cell) => cell.id.id.split('/')[2])).to.deep.equal(['mfp+no-feeder']);
  });

  it('leaves out a quirk that its model cannot have', () => {
    const broken = quirk('broken', ['usb-printer'], { behaviour: { deviceId: null } });
    const more = new Catalogue({ ...quirky, personalities: new Map([...quirky.personalities, [broken.personality.id, broken]]) });
    expect(expandPlan({ ...base, models: ['laser'], personalities: 'all' }, more).map((cell) => cell.id.personalities)).to.deep.equal([['mute'], ['slow'], ['slower']]);
  });

  it('adds the plain model if the plan says so, and combinations as named', () => {
    expect(idsOf({ models: ['laser'], personalities: ['slow+mute', 'slow'], plain: true })).to.deep.equal(['laser/printers', 'laser+mute+slow/printers', 'laser+slow/printers']);
  });

  it('takes a model with a quirk as it is listed, and leaves out by model, device or quirk', () => {
    expect(idsOf({ models: ['mfp+no-feeder', 'laser+slow+mute'] })).to.deep.equal(['mfp+no-feeder/scanners', 'laser+mute+slow/printers']);
    expect(idsOf({ personalities: 'all', plain: true, exclude: [{ model: 'mfp' }, { model: 'laser+slow' }, { personality: 'mute' }] })).to.deep.equal(['laser/printers', 'laser+slower/printers']);
  });

  it('gives the cell the patched model, a hash of its own, and the sorted ids', () => {
    const [plain, muted] = expandPlan({ ...base, models: ['laser', 'laser+slow+mute'] }, quirky);
    expect(muted?.model.behaviour).to.deep.equal({ deviceId: 'MFG:ACME;', backChannel: 'silent', bytesPerSecond: 6400 });
    expect(muted?.id).to.deep.include({ model: 'laser', device: 'laser', personalities: ['mute', 'slow'] });
    expect(plain?.id).not.to.have.property('personalities');
    expect(muted?.modelSha256).not.to.equal(plain?.modelSha256);
    expect(muted?.personalityNames).to.deep.equal({ mute: 'Quirk mute', slow: 'Quirk slow' });
    expect([plain?.once, muted?.once], 'a failing quirk is not tried again').to.deep.equal([undefined, true]);
  });

  it('makes the same cell again from what a night recorded, for --resume', () => {
    const cells = expandPlan({ ...base, models: ['laser', 'laser+slow+mute'] }, quirky);
    const recorded = JSON.parse(JSON.stringify(cells.map((cell) => cell.id))) as CellId[];
    expect(recorded.map((cell, index) => makeCell(cell, index + 1, quirky))).to.deep.equal(cells);
    const suites = new Map([['printers', { name: 'printers', files: [], revision: '0', requirements: { 'a.must': 'required', 'a.may': 'optional' } }]]);
    const [cell] = expandPlan({ ...base, models: ['laser'], requirements: ['required'] }, new Catalogue({ ...quirky, suites }));
    expect(onlyLevels(makeCell(cell?.id ?? expect.fail(), 1, new Catalogue({ ...quirky, suites })), ['required'])).to.deep.equal(cell);
    expect(new Set(recorded.map((cell) => cell.id)).size).to.equal(2);
  });

  const wrong: readonly [string, Partial<Plan>, string, RegExp][] = [
    ['an unknown personality', { personalities: ['slo'] }, 'unknown-personality', /did you mean "slow"/],
    ['an unknown personality of a model', { models: ['laser+mut'] }, 'unknown-personality', /"mute"/],
    ['one that fits none of the models', { models: ['laser'], personalities: ['no-feeder'] }, 'personality-does-not-fit', /plan p: personality no-feeder fits none/],
    ['one of another emulator', { models: ['laser+no-feeder'] }, 'personality-does-not-fit', /no-feeder is for the emulator other, and laser is run by usb-printer/],
    ['two that contradict each other', { models: ['laser+slow+slower'] }, 'personalities-conflict', /slow and slower.*bytesPerSecond/],
  ];
  for (const [name, changes, code, message] of wrong) {
    it(`refuses: ${name}`, () => {
      expect(() => expandPlan({ ...base, ...changes }, quirky))
        .to.throw(HwlabError, message)
        .that.includes({ code, blame: 'usage' });
    });
  }
});
