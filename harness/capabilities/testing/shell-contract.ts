import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTo } from 'node:net';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { quote } from '../../wire/shell-quote.ts';
import type { Shell } from '../shell.ts';

/**
 * What every shell must do; mocha tests inside a `describe`. `scratch` is a folder on the other side. `slow` seconds are what a trivial command
 * may take at most.
 */
export function shellContract(connect: () => Promise<Shell>, scratch: string, slow: number): void {
  let shell: Shell;
  const soon = (): Deadline => Deadline.after(slow * 1000);

  before(async () => {
    shell = await connect();
    await shell.run(`mkdir -p ${quote(scratch)}`, { deadline: soon() });
  });
  after(async () => shell.close());

  it('gives stdout, stderr and the exit code', async () => {
    const result = await shell.run('echo out; echo err >&2; exit 3', { deadline: soon(), accept: [3] });
    expect(result).to.deep.equal({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it("makes an exit code that is not accepted the product's failure", async () => {
    const error = await failure(shell.run('echo why >&2; exit 4', { deadline: soon() }));
    expect([error.code, error.blame]).to.deep.equal(['guest-command-failed', 'product']);
    expect(error.message).to.contain('why').and.contain('4');
  });

  it('runs /bin/sh, passes input and quotes as they are', async () => {
    const odd = `a 'b' "c" $HOME \\ \n*`;
    const { stdout } = await shell.run(`cat; printf %s ${quote(odd)}`, { deadline: soon(), input: 'in\n' });
    expect(stdout).to.equal(`in\n${odd}`);
  });

  it('shows output as it comes', async () => {
    const pieces: string[] = [];
    await shell.run('echo one; echo two', { deadline: soon(), onStdout: (text) => void pieces.push(text) });
    expect(pieces.join('')).to.equal('one\ntwo\n');
  });

  it('ends a command whose output is too long, and works on', async () => {
    const error = await failure(shell.run('yes', { deadline: soon(), maxOutput: 10_000 }));
    expect(error.code).to.equal('guest-output-too-long');
    expect((await shell.run('echo on', { deadline: soon() })).stdout).to.equal('on\n');
  });

  it('ends a command and its children at the deadline', async () => {
    const mark = `hwlab-${randomBytes(6).toString('hex')}`;
    const file = quote(`${scratch}/${mark}`);
    const error = await failure(shell.run(`(while :; do echo tick >> ${file}; sleep 0.05; done) & wait`, { deadline: Deadline.after(600) }));
    expect(error.code).to.equal('deadline-exceeded');
    // Ending it takes the other side a moment; after that the file must not grow any more.
    const sizes = await shell.run(`sleep ${slow / 20}; wc -c < ${file} 2>/dev/null || echo 0; sleep 0.4; wc -c < ${file} 2>/dev/null || echo 0`, { deadline: soon() });
    const [before, after] = sizes.stdout.trim().split('\n');
    expect(after).to.equal(before);
  });

  it('leaves alone what a command that has ended left running', async () => {
    const file = quote(`${scratch}/hwlab-${randomBytes(6).toString('hex')}`);
    await shell.run(`(sleep 0.4; echo late > ${file}) > /dev/null 2>&1 < /dev/null &`, { deadline: soon() });
    const { stdout } = await shell.run(`i=0; while [ ! -s ${file} ] && [ $i -lt 40 ]; do sleep 0.1; i=$((i+1)); done; cat ${file}`, { deadline: soon(), accept: [0, 1] });
    expect(stdout).to.equal('late\n');
  });

  it('runs commands side by side', async () => {
    const results = await Promise.all([1, 2, 3].map(async (n) => shell.run(`sleep 0.1; echo ${n}`, { deadline: soon() })));
    expect(results.map(({ stdout }) => stdout)).to.deep.equal(['1\n', '2\n', '3\n']);
  });

  it('carries files of any bytes there and back', async () => {
    const content = randomBytes(300_000);
    const path = `${scratch}/odd name '1'`;
    await shell.putFile(path, content, soon());
    expect(Buffer.from(await shell.getFile(path, soon())).equals(content)).to.equal(true);
    expect((await failure(shell.getFile(path, soon(), 1000))).code).to.equal('guest-output-too-long');
    expect((await failure(shell.getFile(`${scratch}/none`, soon()))).code).to.equal('guest-file');
  });

  it("leads a port of this host to one of the other side's", async () => {
    const heard = Promise.withResolvers<number>();
    const listen = String.raw`$l = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1) or die; $| = 1; print $l->sockport, "\n"; $c = $l->accept; print $c "hello\n"; close $c`;
    const listening = shell.run(`perl -MIO::Socket::INET -e '${listen}'`, { deadline: soon(), onStdout: (text) => heard.resolve(Number(text)) });
    await using forwarded = await shell.forward(await Promise.race([heard.promise, listening.then(() => 0)]), soon());
    const socket = connectTo({ host: '127.0.0.1', port: forwarded.port });
    const [said] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    await listening;
    expect(said.toString()).to.equal('hello\n');
  });

  it('says that the shell is lost once it is closed', async () => {
    const other = await connect();
    await other.close();
    const error = await failure(other.run('true', { deadline: soon() }));
    expect([error.code, error.blame]).to.deep.equal(['shell-lost', 'lab']);
  });
}

async function failure(work: Promise<unknown>): Promise<HwlabError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof HwlabError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
