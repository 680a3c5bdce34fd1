import { expect } from 'chai';
import { HwlabError } from '../../base/hwlab-error.ts';
import { importModel, type ImportedModel } from './import-model.ts';
import { descriptorFile, modelFile } from './testing/example-captures.ts';

const camera = modelFile('cameras/ipevo-point-2-view.json');

async function imported(bytes: Uint8Array): Promise<ImportedModel> {
  return await importModel([{ file: 'descriptors', bytes }], {});
}

describe('a camera from its descriptors', () => {
  it('is the same camera: descriptors, formats and the controls that its units announce', async () => {
    const { model, assumptions, unserved, folder } = await imported(descriptorFile(camera));
    expect([model.emulator, folder, model.suites]).to.deep.equal(['uvc-camera', 'cameras', ['cameras']]);
    // The bytes of descriptors name their strings by number only.
    const nameless = (of: typeof model): unknown => JSON.parse(JSON.stringify(of.usb.configuration, (key, value: unknown) => (key === 'name' ? undefined : value)));
    expect(nameless(model)).to.deep.equal(nameless(camera));
    const names = (of: typeof model): unknown => (of.behaviour['controls'] as readonly { name: string; entity: number; selector: number; size: number }[]).map(({ name, entity, selector, size }) => `${name} ${entity}/${selector}/${size}`).sort();
    expect(names(model)).to.deep.equal(names(camera));
    expect(assumptions.join('\n')).to.contain('ranges and first values are made up');
    expect(unserved.join('\n')).to.contain('HID interface 0: the capture has no report descriptor');
  });

  it('says what it cannot serve, and asks for the bytes where the capture has none', async () => {
    const bytes = Buffer.from(descriptorFile(camera));
    // Pan and tilt: eight bytes each, which the emulator has no room for.
    const terminal = bytes.indexOf(Buffer.from('1224020101020000', 'hex'));
    bytes[terminal + 16] = (bytes[terminal + 16] ?? 0) | 0x08;
    expect((await imported(bytes)).unserved.join('\n')).to.contain('controls of unit 1 with the bits 11 of bmControls');

    const bare = { ...camera, usb: { ...camera.usb, configuration: { ...camera.usb.configuration, interfaces: camera.usb.configuration.interfaces.map((each) => ({ ...each, alternates: each.alternates.map(({ extra: _, ...rest }) => rest) })) } } };
    const error = await imported(descriptorFile(bare)).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(HwlabError);
    expect((error as HwlabError).message).to.contain('video descriptors in words only');
  });
});
