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
  address(): { readonly port: number };
  close(done: () => void): void;
}
type MakeServer = new (options: { readonly hostKeys: readonly Buffer[] }, onClient: (client: Listener) => void) => Server;

export interface SshServer extends AsyncDisposable {
  readonly port: number;
  /** File of the private key of who may log in as root. */
  readonly key: string;
  /** The server's own key, as a line of a known_hosts file has it behind the host. */
  readonly hostKey: string;
}

export interface SshServerOptions {
  /** Its keys are made here, where there are none yet. */
  readonly folder: string;
  readonly address: string;
  /** A free one by default. */
  readonly port?: number;
  /** What a command prints, and its exit code. */
  readonly answer: (command: string) => { readonly text: string; readonly code: number };
}

/** An SSH server for commands of root by key; it runs none of them. */
export async function startSshServer({ folder, address, port, answer }: SshServerOptions): Promise<SshServer> {
  const { Server } = createRequire(import.meta.url)('ssh2') as { readonly Server: MakeServer };
  for (const name of ['host', 'login']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  const server = new Server({ hostKeys: [readFileSync(join(folder, 'host'))] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (asked) => (asked.method === 'publickey' && asked.username === 'root' ? asked.accept() : asked.reject(['publickey'])));
    client.on('session', (accept) =>
      accept().on('exec', (take, _refuse, { command }) => {
        const channel = take();
        const { text, code } = answer(command);
        channel.write(text);
        channel.exit(code);
        channel.end();
      }),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port ?? 0, address, resolve));
  return {
    port: server.address().port,
    key: join(folder, 'login'),
    hostKey: readFileSync(join(folder, 'host.pub'), 'utf8').split(' ').slice(0, 2).join(' '),
    [Symbol.asyncDispose]: async () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

/** One at the machine's address that repeats the command and ends it with 7. */
export async function sshServer({ folder }: Rig): Promise<SshServer> {
  const address = '10.77.0.2';
  execFileSync('ip', ['addr', 'add', `${address}/24`, 'dev', 'lab0']);
  const server = await startSshServer({ folder, address, port: 22, answer: (command) => ({ text: `ran: ${command}\n`, code: 7 }) });
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      execFileSync('ip', ['addr', 'del', `${address}/24`, 'dev', 'lab0']);
    },
  };
}
