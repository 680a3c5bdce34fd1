import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The checkout: where package.json, suites/, fixtures/ and hardware-db/ are. */
export const projectRoot = resolve(import.meta.dirname, '../..');

/** Big things that can be made again: images, memory images. `HWLAB_CACHE` or XDG's cache folder. */
export function cacheFolder(): string {
  return process.env['HWLAB_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hwlab');
}

/** Sockets and files of running things; short, because a unix socket's path has at most 107 bytes. `HWLAB_RUNTIME` or under XDG_RUNTIME_DIR or /tmp. */
export function runtimeFolder(): string {
  return process.env['HWLAB_RUNTIME'] ?? join(process.env['XDG_RUNTIME_DIR'] ?? '/tmp', `hwlab-${process.getuid?.() ?? 0}`);
}

/** What must outlive a restart and cannot be made again: leases, health. `HWLAB_STATE` or XDG's state folder; on a local disk. */
export function stateFolder(): string {
  return process.env['HWLAB_STATE'] ?? join(process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local/state'), 'hwlab');
}
