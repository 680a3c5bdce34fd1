import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import type { CommandResult } from '../base/run-command.ts';
import type { ShellOptions } from '../capabilities/shell.ts';
import { FakeShell } from '../capabilities/testing/fake-shell.ts';
import { writeDeb } from '../images/packages/write-deb.ts';
import { checkDebs, installPackages } from './install-packages.ts';

const deadline = (): Deadline => Deadline.after(15_000);

/** A system of packages in a folder, changed by this host's own dpkg, which is told of the folder by a wrapper that stands before it. */
class FolderSystem extends FakeShell {
  readonly #folder: string;

  constructor(folder: string) {
    super();
    this.#folder = folder;
    for (const each of ['bin', 'root/var/lib/dpkg/info', 'root/var/lib/dpkg/updates', 'root/var/lib/dpkg/triggers']) mkdirSync(join(folder, each), { recursive: true });
    for (const each of ['status', 'available']) writeFileSync(join(folder, 'root/var/lib/dpkg', each), '');
    writeFileSync(join(folder, 'bin/dpkg'), `#!/bin/sh\nexec /usr/bin/dpkg --root=${folder}/root --force-not-root --force-bad-path "$@"\n`, { mode: 0o755 });
    writeFileSync(join(folder, 'bin/udevadm'), '#!/bin/sh\n', { mode: 0o755 });
  }

  override async run(command: string, options: ShellOptions): Promise<CommandResult> {
    return await super.run(`PATH=${this.#folder}/bin:$PATH; ${this.#here(command)}`, options);
  }

  override async putFile(path: string, content: Uint8Array, until: Deadline): Promise<void> {
    await super.putFile(this.#here(path), content, until);
  }

  installed(): string[] {
    const status = readFileSync(join(this.#folder, 'root/var/lib/dpkg/status'), 'utf8');
    return status.split('\n\n').flatMap((each) => (each.includes('\nStatus: install ok installed') ? [`${/^Package: (.*)/.exec(each)?.[1] ?? ''} ${/\nVersion: (.*)/.exec(each)?.[1] ?? ''}`] : []));
  }

  #here(text: string): string {
    return text.replaceAll('/var/tmp', this.#folder);
  }
}

describe('the packages of a guest', function () {
  this.timeout(20_000);
  let folder: string;
  let guest: FolderSystem;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-install-'));
    guest = new FolderSystem(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function deb(name: string, version: string, ...fields: readonly string[]): Promise<string> {
    const file = join(folder, `${name}_${version}.deb`);
    const control = [`Package: ${name}`, `Version: ${version}`, 'Architecture: all', 'Maintainer: x <x@example.org>', ...fields, 'Description: of a test', ''].join('\n');
    await writeDeb(file, [{ name: 'control', content: Buffer.from(control), executable: false }], [{ path: './', type: 'folder', mode: 0o755, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, mtime: 0, size: 0 }], deadline());
    return file;
  }

  it('are installed whatever their order, downgraded and removed', async () => {
    await installPackages(guest, { install: [await deb('a', '2', 'Depends: b'), await deb('b', '2'), await deb('c', '1')], remove: [] }, deadline());
    expect(guest.installed()).to.deep.equal(['a 2', 'b 2', 'c 1']);
    await installPackages(guest, { install: [await deb('a', '1', 'Depends: b')], remove: ['c'] }, deadline());
    expect(guest.installed()).to.deep.equal(['a 1', 'b 2']);
  });

  it('make way for one that conflicts with them, while another needs what both provide', async () => {
    await installPackages(guest, { install: [await deb('old-mta', '1', 'Provides: mta'), await deb('reader', '1', 'Depends: mta')], remove: [] }, deadline());
    await installPackages(guest, { install: [await deb('new-mta', '1', 'Provides: mta', 'Conflicts: mta')], remove: ['old-mta'] }, deadline());
    expect(guest.installed()).to.deep.equal(['new-mta 1', 'reader 1']);
  });

  it('that cannot be installed are refused with what dpkg says, and those that are none before a guest is asked', async () => {
    expect(await installPackages(guest, { install: [await deb('a', '1', 'Depends: not-there')], remove: [] }, deadline()).catch((error: unknown) => error))
      .to.have.property('message')
      .that.contains('not-there');
    truncateSync(await deb('huge', '1'), 513 * 1024 ** 2);
    for (const [file, code] of [['huge_1.deb', 'package-too-large'], ['bin', 'no-such-file'], ['gone.deb', 'no-such-file']] as const) expect(await checkDebs([join(folder, file)]).catch((error: unknown) => error), file).to.include({ code, blame: 'usage' });
  });
});
