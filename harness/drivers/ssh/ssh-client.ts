import { NodeSSH } from 'node-ssh';
import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';

/** The parts of ssh2's client that are used; node-ssh hands it out, ssh2 brings no types of its own. */
export interface SshClient {
  exec(command: string, callback: (error: Error | undefined, channel: SshChannel) => void): boolean;
  /** Asks sshd to listen on a Unix socket (OpenSSH's PROTOCOL, 2.4); connections come as the event `unix connection`. */
  openssh_forwardInStreamLocal(socketPath: string, callback: (error?: Error) => void): boolean;
  openssh_unforwardInStreamLocal(socketPath: string, callback: (error?: Error) => void): boolean;
  on(event: 'unix connection', listener: (info: { readonly socketPath: string }, accept: () => SshChannel, reject: () => void) => void): this;
  /** A channel of type direct-tcpip (RFC 4254, 7.2). */
  forwardOut(sourceHost: string, sourcePort: number, host: string, port: number, callback: (error: Error | undefined, channel: Duplex) => void): boolean;
  /** Asks sshd to listen on a TCP port, 0 for any (RFC 4254, 7.1); connections come as the event `tcp connection`. */
  forwardIn(host: string, port: number, callback: (error: Error | undefined, port: number) => void): boolean;
  unforwardIn(host: string, port: number, callback: (error?: Error) => void): boolean;
  on(event: 'tcp connection', listener: (info: { readonly destIP: string; readonly destPort: number }, accept: () => SshChannel, reject: () => void) => void): this;
  on(event: 'error' | 'close', listener: (error?: Error) => void): this;
  removeListener(event: 'error' | 'close', listener: (error?: Error) => void): this;
}

/** A running remote command: stdin is written to it, stdout read from it. */
export interface SshChannel extends Duplex {
  readonly stderr: Readable;
  close(): void;
}

export interface SshConnection {
  readonly client: SshClient;
  close(): void;
}

export interface SshTarget {
  /** A connection on which the other side has begun to speak. */
  readonly socket: Socket;
  readonly username: string;
  readonly privateKey?: string;
  readonly password?: string;
  /** Milliseconds until the other side must have shown itself. */
  readonly patience: number;
  /** Sees the public host key in the form of RFC 4253, 6.6; false refuses the connection. */
  readonly acceptsHostKey: (key: Buffer) => boolean;
}

/**
 * One attempt to log in. The cheapest modern algorithms come first: a guest under software emulation pays for every block.
 * @throws what node-ssh throws
 */
export async function openSsh(target: SshTarget): Promise<SshConnection> {
  const ssh = new NodeSSH();
  await ssh.connect({
    sock: target.socket,
    username: target.username,
    ...(target.privateKey === undefined ? {} : { privateKey: target.privateKey }),
    ...(target.password === undefined ? {} : { password: target.password }),
    readyTimeout: target.patience,
    keepaliveInterval: 15_000,
    keepaliveCountMax: 8,
    hostVerifier: (key: Buffer) => target.acceptsHostKey(key),
    algorithms: {
      serverHostKey: ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'],
      // Measured: a third less work for a guest under software emulation than AES, even with its AES instructions.
      cipher: { prepend: ['chacha20-poly1305@openssh.com'], append: [], remove: [] },
    },
  });
  const client = ssh.connection as unknown as SshClient;
  return { client, close: () => ssh.dispose() };
}
