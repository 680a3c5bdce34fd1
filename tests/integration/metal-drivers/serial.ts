import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../../../harness/base/deadline.ts';
import { runCommand } from '../../../harness/base/run-command.ts';
import { Scope } from '../../../harness/base/scope.ts';
import { waitFor } from '../../../harness/base/wait-for.ts';
import type { ConsoleLink } from '../../../harness/capabilities/console-link.ts';
import { consoleContract, type ConsoleUnderTest } from '../../../harness/capabilities/testing/console-contract.ts';
import { RecordedConsole } from '../../../harness/drivers/console/recorded-console.ts';
import { Rfc2217Link } from '../../../harness/drivers/console/rfc2217-link.ts';
import { SerialLink } from '../../../harness/drivers/console/serial-link.ts';
import { TcpLink } from '../../../harness/drivers/console/tcp-link.ts';
import { SerialLine } from './serial-line.ts';

interface SerialPort extends AsyncDisposable {
  readonly line: SerialLine;
  readonly device: string;
  readonly folder: string;
  readonly scope: Scope;
}

/** A terminal device on whose other end a simulated machine is. It is a pseudo-terminal: it keeps speed and parity, and no break comes out of it. */
async function startPort(): Promise<SerialPort> {
  const scope = new Scope();
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-serial-'));
  scope.onEnd('folder', async () => rm(folder, { recursive: true }));
  const line = await SerialLine.open();
  scope.onEnd('line', async () => line[Symbol.asyncDispose]());
  const device = join(folder, 'tty');
  run(scope, 'socat', [`PTY,link=${device},raw,echo=0,wait-slave=0`, `TCP:127.0.0.1:${line.port}`]);
  await ready('the terminal', async () => stat(device).then(() => line.connected > 0));
  return { line, device, folder, scope, [Symbol.asyncDispose]: async () => scope.end() };
}

function run(scope: Scope, file: string, args: string[]): ChildProcess {
  const child = spawn(file, args, { stdio: 'ignore' });
  const ended = once(child, 'exit').catch(() => undefined);
  scope.onEnd(file, async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return child;
}

async function ready(what: string, look: () => Promise<boolean>): Promise<void> {
  await waitFor(what, async () => look().then((there) => (there ? { value: true } : { saw: 'not yet' }), () => ({ saw: 'not yet' })), { deadline: Deadline.after(30_000), blame: 'harness', every: 20 });
}

/** A real ser2net with that terminal as its port. */
async function startSer2net(accepter: string): Promise<SerialPort & { readonly tcp: number; restart(): Promise<void> }> {
  const port = await startPort();
  const free = await SerialLine.open();
  const tcp = free.port;
  await free[Symbol.asyncDispose]();
  const config = join(port.folder, 'ser2net.yaml');
  await writeFile(config, `%YAML 1.1\n---\nconnection: &one\n  accepter: ${accepter},tcp,127.0.0.1,${tcp}\n  connector: serialdev,${port.device},9600n81,local\n`);
  let child: ChildProcess | undefined;
  const restart = async (): Promise<void> => {
    if (child !== undefined) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    child = run(port.scope, 'ser2net', ['-n', '-d', '-c', config]);
    await ready('ser2net', async () => new Promise<boolean>((resolve) => {
      const probe = connect(tcp, '127.0.0.1', () => resolve(true)).once('error', () => resolve(false)).once('connect', () => probe.destroy());
    }));
  };
  await restart();
  return { ...port, tcp, restart };
}

function underTest(port: SerialPort, link: ConsoleLink, cut?: () => Promise<void>): ConsoleUnderTest {
  return {
    console: new RecordedConsole(link),
    print: (text) => port.line.print(text),
    received: () => port.line.received.toString('latin1'),
    seesBreak: false,
    ...(cut === undefined ? {} : { cut }),
    [Symbol.asyncDispose]: async () => port.scope.end(),
  };
}

export function serialContracts(): void {
  consoleContract('RFC 2217, our client against a real ser2net', async () => {
    const server = await startSer2net('telnet(rfc2217)');
    return underTest(server, new Rfc2217Link('127.0.0.1', server.tcp), server.restart);
  });

  consoleContract('a serial port of this host', async () => {
    const port = await startPort();
    return underTest(port, new SerialLink(port.device));
  });

  describe('serial consoles', function () {
    this.timeout(60_000);
    const soon = (): Deadline => Deadline.after(30_000);

    it('sets speed and parity of a line through ser2net, so that the line itself shows them', async () => {
      const server = await startSer2net('telnet(rfc2217)');
      await using _end = server;
      await using recorded = new RecordedConsole(new Rfc2217Link('127.0.0.1', server.tcp, { baud: 57_600 }));
      await recorded.start(join(server.folder, 'log'), soon());
      const shown = (await runCommand('stty', ['-F', server.device, '-a'], { deadline: soon() })).stdout;
      expect(shown).to.contain('speed 57600 baud').and.contain('-parenb').and.contain('cs8');
    });

    it('refuses a port that does not speak RFC 2217, and reads it as bare TCP', async () => {
      const port = await startPort();
      await using _end = port;
      const bare = await SerialLine.open();
      port.scope.onEnd('bare', async () => bare[Symbol.asyncDispose]());
      const wrong = new RecordedConsole(new Rfc2217Link('127.0.0.1', bare.port));
      expect(await wrong.start(join(port.folder, 'wrong'), Deadline.after(800)).catch((error: unknown) => error)).to.include({ code: 'console-unavailable' });
      await wrong[Symbol.asyncDispose]();
      await using right = new RecordedConsole(new TcpLink('127.0.0.1', bare.port));
      const seen: string[] = [];
      right.onLine((line) => seen.push(line.text));
      await right.start(join(port.folder, 'right'), soon());
      await ready('the connection', async () => Promise.resolve(bare.connected > 0));
      bare.print('hello\n');
      await ready('a line', async () => Promise.resolve(seen.includes('hello')));
      expect(await right.sendBreak(soon()).catch((error: unknown) => error)).to.include({ code: 'console-no-break' });
    });
  });
}
