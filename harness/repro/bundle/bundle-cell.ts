import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import type { Bundle } from '../../db/generated/bundle.ts';
import type { EmulatedModel } from '../../emulation/usb-device.ts';
import type { Catalogue } from '../../run/catalogue.ts';
import type { OpenedBundle } from './open-bundle.ts';

/**
 * The catalogue of this checkout as a bundle needs it: its model in place of ours, as it was with all quirks in it; and, where a person trusts the bundle, its
 * suite in place of ours. Suites are code and are run on this host, so that ours is taken otherwise, and a difference of revisions is said.
 */
export async function catalogueWith({ bundle, folder }: OpenedBundle, catalogue: Catalogue, trustSuite: boolean): Promise<Catalogue> {
  const { result, suite } = bundle;
  const models = new Map(catalogue.models);
  models.set(result.cell.model, { model: modelOf(bundle), file: join(folder, 'bundle.json'), sha256: result.environment.modelSha256 });
  const suites = new Map(catalogue.suites);
  if (trustSuite) {
    // Its files import ../../harness/index.ts and packages: those are this checkout's.
    for (const name of ['harness', 'node_modules']) await symlink(join(projectRoot, name), join(folder, name));
    suites.set(suite.name, { name: suite.name, files: suite.files.map((file) => join(folder, file)), revision: suite.revision, requirements: suite.requirements });
  }
  return catalogue.with({ models, suites });
}

function modelOf({ model }: Bundle): EmulatedModel {
  return model as unknown as EmulatedModel;
}
