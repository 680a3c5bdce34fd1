import { expect } from 'chai';
import type { Plan } from '../db/generated/plan.ts';
import { Catalogue } from './catalogue.ts';
import { expandPlan, makeCell } from './plan.ts';
import { sampleModel } from './testing/sample-cell.ts';

const models = [sampleModel('laser'), { ...sampleModel('network-laser'), emulator: 'network-mfp' }];
const catalogue = new Catalogue({
  models: new Map(models.map((model) => [model.id, { model, file: `${model.id}.json`, sha256: '0'.repeat(64) }])),
  suites: new Map([['printers', { name: 'printers', files: [], revision: '0', requirements: {} }]]),
  machines: ['vm-basic'],
  images: ['debian-12'],
  plans: [],
});
const plan: Plan = { name: 'p', images: ['debian-12'], machines: ['vm-basic'], models: 'all', suites: 'model', deadlineMinutes: 5 };

describe('the transport of a plan', () => {
  it('is usb-redir when left out, and then no cell tells of it', () => {
    const cells = expandPlan(plan, catalogue);
    expect(cells.map(({ id }) => id.transport)).to.deep.equal([undefined, undefined]);
    expect(cells[0]?.id.id).to.equal('debian-12/vm-basic/laser/printers');
    expect(expandPlan({ ...plan, transport: 'usb-redir' }, catalogue).map(({ id }) => id)).to.deep.equal(cells.map(({ id }) => id));
  });

  it('is part of the cell and of its id, and leaves out what has no USB plug', () => {
    const cells = expandPlan({ ...plan, transport: 'usbip' }, catalogue);
    expect(cells.map(({ id }) => [id.id, id.transport])).to.deep.equal([['debian-12/vm-basic/laser/printers@usbip', 'usbip']]);
    const again = cells[0] && makeCell(cells[0].id, 1, catalogue);
    expect(again?.id).to.deep.equal(cells[0]?.id);
  });

  it('does not fit a device on the network', () => {
    expect(() => makeCell({ image: 'debian-12', machine: 'vm-basic', model: 'network-laser', suite: 'printers', transport: 'usbip' }, 1, catalogue)).to.throw('no USB plug').with.property('code', 'transport-does-not-fit');
  });
});
