import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { OpenedBundle } from './open-bundle.ts';

/** The file of the cassette in an unpacked bundle. @throws HwlabError usage `bundle-without-cassette` */
export function bundledCassette({ bundle, folder }: Pick<OpenedBundle, 'bundle' | 'folder'>, file: string): string {
  const path = bundle.result.artefacts.find(({ name }) => name === 'cassette')?.path;
  const inside = `artefacts/${path ?? ''}`;
  if (path !== undefined && Object.hasOwn(bundle.files, inside)) return join(folder, inside);
  throw new HwlabError({ code: 'bundle-without-cassette', blame: 'usage', message: `${file} has no cassette to play: its result was not recorded, or it was made --without-artefacts`, advice: 'leave --replay out: the emulated device is the same; a cell is recorded with ./hwlab run --record' });
}
