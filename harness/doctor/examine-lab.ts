import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { messageOf } from '../base/hwlab-error.ts';
import { cacheFolder } from '../base/places.ts';
import { runCommand } from '../base/run-command.ts';
import { domainLabel, labDomains } from '../drivers/libvirt/domains.ts';
import { imagesFolder } from '../images/image-store.ts';
import { listImages, type ListedImage } from '../images/list-images.ts';
import { disksRoot, socketsRoot } from '../machines/machine-folders.ts';
import { ownerLives, readOwner } from '../machines/machine-owner.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

/** Each image that has a place in the store, and the reference image in any case. */
export async function examineImages(): Promise<{ readonly findings: Finding[]; readonly built: boolean }> {
  try {
    const images = await listImages();
    const findings = images.filter((image) => image.state !== 'not built' || image.id === 'debian-12').map(describe);
    return { findings, built: images.some((image) => image.id === 'debian-12' && image.state === 'ready') };
  } catch (error) {
    return { findings: [problem('images', 'images', messageOf(error), 'mend the record that is named')], built: false };
  }
}

function describe(image: ListedImage): Finding {
  const id = `image-${image.id}`;
  const about = `image ${image.id}`;
  switch (image.state) {
    case 'ready':
      return ok(id, about, `ready, kernel ${image.kernel || 'unknown'}, ${(image.bytes / 1e6).toFixed(0)} MB`);
    case 'not built':
      return warning(id, about, 'not built yet', `the first night builds it (about 2 minutes), or: ./hwlab image build ${image.id}`);
    case 'recipe has changed':
      return warning(id, about, 'made from an older recipe', `the next night builds it again, or: ./hwlab image build ${image.id}`);
    case 'damaged':
      return problem(id, about, 'damaged', `run: ./hwlab image rm ${image.id}`);
  }
}

/** How much the caches hold. */
export async function examineCaches(deadline: Deadline): Promise<Finding> {
  const folder = cacheFolder();
  const names = (await readdir(folder, { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  if (names.length === 0) return ok('caches', 'caches', `empty: ${folder}`);
  // Files may vanish while they are counted; du then exits with 1 and the sum is good enough.
  const { stdout } = await runCommand('du', ['-s', '--block-size=1M', ...names.map((name) => join(folder, name))], { deadline: deadline.within(30_000), accept: [0, 1] });
  const sizes = stdout.trim().split('\n').map((line) => line.split('\t'));
  return ok('caches', 'caches', `${sizes.map(([size, path]) => `${path?.slice(folder.length + 1)} ${size} MB`).join(', ')} in ${folder}`);
}

/** What killed runs left: domains, folders of machines, half-built images. */
export async function examineLeftovers(deadline: Deadline, libvirtAnswers: boolean): Promise<Finding> {
  const found: string[] = [];
  try {
    if (libvirtAnswers) {
      for (const name of await labDomains(deadline.within(20_000))) {
        const owner = await domainLabel(name, deadline.within(10_000));
        if (!owner || !ownerLives(owner)) found.push(`virtual machine ${name}`);
      }
    }
    for (const root of [socketsRoot(), disksRoot()]) {
      for (const name of await readdir(root).catch(() => [])) {
        const owner = await readOwner(join(root, name));
        if (owner && !ownerLives(owner)) found.push(`folder ${join(root, name)}`);
      }
    }
  } catch (error) {
    return warning('leftovers', 'leftovers of killed runs', `could not be looked for: ${messageOf(error)}`, 'run: ./hwlab reap');
  }
  const drafts = (await readdir(imagesFolder()).catch(() => [])).filter((name) => name.startsWith('.draft-'));
  const building = drafts.length > 0 ? `; ${drafts.length} image${drafts.length > 1 ? 's' : ''} under construction or half-built (the next build removes what is dead)` : '';
  if (found.length === 0) return ok('leftovers', 'leftovers of killed runs', `none${building}`);
  return warning('leftovers', 'leftovers of killed runs', `${found.slice(0, 5).join(', ')}${found.length > 5 ? ` and ${found.length - 5} more` : ''}${building}`, 'run: ./hwlab reap');
}
