import { parseStringPromise } from 'xml2js';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { domainPrefix, type DomainLabel } from './domain-spec.ts';
import { isNoDomain, virsh } from './virsh.ts';

/** State of a domain with libvirt's reason, for example `paused (I/O error)`; undefined if there is no such domain. */
export async function domainState(name: string, deadline: Deadline): Promise<{ readonly state: string; readonly reason: string } | undefined> {
  try {
    const { stdout } = await virsh(['domstate', '--reason', name], deadline);
    const [, state = 'unknown', reason = ''] = /^(.*?)(?: \((.*)\))?\s*$/.exec(stdout.trim()) ?? [];
    return { state, reason };
  } catch (error) {
    if (isNoDomain(error)) return undefined;
    throw error;
  }
}

/** Ends a domain at once; not an error if it is gone. */
export async function destroyDomain(name: string, deadline: Deadline): Promise<void> {
  try {
    await virsh(['destroy', name], deadline);
  } catch (error) {
    if (!isNoDomain(error)) throw error;
  }
}

/** Names of all domains whose name starts like the lab's. */
export async function labDomains(deadline: Deadline): Promise<string[]> {
  const { stdout } = await virsh(['list', '--all', '--name'], deadline);
  return stdout.split('\n').map((line) => line.trim()).filter((name) => name.startsWith(domainPrefix));
}

/** The label in a domain's XML; undefined if it has none. */
export async function parseDomainLabel(xml: string): Promise<DomainLabel | undefined> {
  const parsed = (await parseStringPromise(xml)) as { readonly domain?: { readonly metadata?: readonly { readonly 'hwlab:run'?: readonly { readonly $?: Readonly<Record<string, string>> }[] }[] } };
  const run = parsed.domain?.metadata?.[0]?.['hwlab:run']?.[0]?.$;
  const pid = Number(run?.['pid']);
  if (!run?.['id'] || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { runId: run['id'], pid, started: run['started'] ?? '', boot: run['boot'] ?? '' };
}

/** Who made a domain; undefined if it is gone or not labelled. */
export async function domainLabel(name: string, deadline: Deadline): Promise<DomainLabel | undefined> {
  try {
    return await parseDomainLabel((await virsh(['dumpxml', name], deadline)).stdout);
  } catch (error) {
    if (error instanceof HwlabError && isNoDomain(error)) return undefined;
    throw error;
  }
}
