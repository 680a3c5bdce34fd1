import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Runs a scenario in a network namespace of its own, from which nothing leads out, and gives what it printed as JSON. Needs root rights, or a
 * kernel that gives them to a user inside a user namespace.
 */
export async function inNamespace<T>(scenario: string, options: object): Promise<T> {
  const asUser = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const child = spawn('unshare', [...asUser, '--net', '--mount', '--', 'setpriv', '--pdeathsig', 'TERM', process.execPath, join(import.meta.dirname, 'scenario.ts'), scenario, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += String(data)));
  child.stderr.on('data', (data) => (stderr = (stderr + String(data)).slice(-20_000)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`scenario ${scenario} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
