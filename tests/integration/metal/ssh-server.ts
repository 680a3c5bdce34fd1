import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Rig } from './rig.ts';

/** The parts of ssh2's server that are used; it brings no types of its own. */
interface Listener {
  on(event: 'error' | 'ready', listener: (thrown?: Error) => void): Listener;
  on(event: 'authentication', listener: (asked: { readonly method: string; readonly username: string; accept(): void; reject(methods: readonly string[]): void }) => void): Listener;
  on(event: 'session', listener: (accept: () => Session) => void): Listener;
}
interface Session {
  on(event: 'exec', listener: (accept: () => { write(text: string): void; exit(code: number): void; end(): void }, reject: () => void, what: { readonly command: string }) => void): Session;
}
interface Server {
  once(event: 'error', listener: (error: Error) => void): Server;
  listen(port: number, host: string, done: () => void): void;
  close(done: () => void): void;
}
type MakeServer = new (options: { readonly hostKeys: readonly Buffer[] }, onClient: (client: Listener) => void) => Server;

/** An SSH server at the machine's address that repeats the command and ends it with 7, and the file of the key that it trusts. */
export async function sshServer({ folder }: Rig): Promise<AsyncDisposable & { readonly key: string }> {
  const { Server } = createRequire(import.meta.url)('ssh2') as { readonly Server: MakeServer };
  execFileSync('ip', ['addr', 'add', '10.77.0.2/24', 'dev', 'lab0']);
  for (const name of ['host', 'login']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  const server = new Server({ hostKeys: [readFileSync(join(folder, 'host'))] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (asked) => (asked.method === 'publickey' && asked.username === 'root' ? asked.accept() : asked.reject(['publickey'])));
    client.on('session', (accept) =>
      accept().on('exec', (take, _refuse, { command }) => {
        const channel = take();
        channel.write(`ran: ${command}\n`);
        channel.exit(7);
        channel.end();
      }),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(22, '10.77.0.2', resolve));
  return {
    key: join(folder, 'login'),
    [Symbol.asyncDispose]: async () => {
      await new Promise<void>((resolve) => void server.close(() => resolve()));
      execFileSync('ip', ['addr', 'del', '10.77.0.2/24', 'dev', 'lab0']);
    },
  };
}
