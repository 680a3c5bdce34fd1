import { readFileSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { relative } from 'node:path';
import { cacheFolder, projectRoot, runtimeFolder } from '../base/places.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

const gib = 1024 ** 3;

/** Bytes of one machine's memory, with QEMU's own. */
const perMachine = 1.25 * gib;

/** The host itself: system, processors, memory, Node. */
export function examineHost(): Finding[] {
  return [examineSystem(), examineProcessors(), examineMemory(), examineNode()];
}

function examineSystem(): Finding {
  const found = `${osRelease()}, ${process.arch}`;
  if (process.platform === 'linux' && process.arch === 'x64') return ok('system', 'operating system', found);
  return problem('system', 'operating system', found, 'run hwlab on Linux on x86_64; its guests are x86_64');
}

/** PRETTY_NAME of os-release(5). */
export function osRelease(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

function examineProcessors(): Finding {
  const count = availableParallelism();
  const found = `${count} cores, ${cpus()[0]?.model.trim() ?? 'of an unknown kind'}`;
  return count >= 2 ? ok('processors', 'processors', found) : warning('processors', 'processors', found, 'give this machine two cores or more; with one, cells run one after another and may time out');
}

function examineMemory(): Finding {
  const found = `${(totalmem() / gib).toFixed(1)} GiB, ${(freemem() / gib).toFixed(1)} GiB available`;
  if (freemem() >= 2 * perMachine) return ok('memory', 'memory', found);
  if (freemem() >= perMachine) return warning('memory', 'memory', found, 'close other programs; there is room for one virtual machine at a time (--slots 1)');
  return problem('memory', 'memory', found, `close other programs; a virtual machine needs ${perMachine / gib} GiB`);
}

function examineNode(): Finding {
  const pinned = (JSON.parse(readFileSync(`${projectRoot}/package.json`, 'utf8')) as { dependencies: Record<string, string> }).dependencies['node'] ?? '';
  const own = relative(projectRoot, process.execPath);
  const found = `${process.version}${own.startsWith('..') ? ` from ${process.execPath}` : ' of this checkout'}`;
  return process.version === `v${pinned}` ? ok('node', 'Node.js', found) : warning('node', 'Node.js', found, `use the pinned ${pinned}: rm -r node_modules, then ./hwlab --yes doctor`);
}

/** Free disk of the folders that hwlab writes to, against what a first night needs. */
export async function examineDisks(imageIsBuilt: boolean): Promise<Finding[]> {
  const places = [
    // Building: unpacked system, raw disk and the image at once. Night: a memory image and an overlay for each machine.
    { id: 'disk-cache', about: 'disk for images and machines', folder: cacheFolder(), needed: (imageIsBuilt ? 3 : 7) * gib, variable: 'HWLAB_CACHE' },
    { id: 'disk-runtime', about: 'disk for sockets', folder: runtimeFolder(), needed: 0.05 * gib, variable: 'HWLAB_RUNTIME' },
    { id: 'disk-checkout', about: 'disk for results and reports', folder: projectRoot, needed: 0.5 * gib, variable: undefined },
  ];
  return Promise.all(
    places.map(async ({ id, about, folder, needed, variable }) => {
      const elsewhere = variable === undefined ? '' : `, or set ${variable} to a folder elsewhere`;
      try {
        if (folder !== projectRoot) await mkdir(folder, { recursive: true, mode: 0o700 });
        const { bavail, bsize } = await statfs(folder);
        const free = bavail * bsize;
        const found = `${(free / gib).toFixed(1)} GiB free in ${folder}`;
        return free >= needed ? ok(id, about, found) : problem(id, about, found, `free ${(needed / gib).toFixed(1)} GiB there${elsewhere}`);
      } catch (error) {
        return problem(id, about, `${folder} cannot be used: ${error instanceof Error ? error.message : String(error)}`, `make it writable${elsewhere}`);
      }
    }),
  );
}
