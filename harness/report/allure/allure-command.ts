import { createHash } from 'node:crypto';
import { mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { cacheFolder } from '../../base/places.ts';
import { runCommand } from '../../base/run-command.ts';

/** Short-lived work on a small host: no optimising compiler, no collector threads. Measured: half the CPU of the defaults. */
const jvmOptions = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xshare:auto', '-Xlog:disable', '-Djava.awt.headless=true'];

export interface AllureCommandOptions {
  readonly deadline: Deadline;
  /** Path of the java program; from JAVA_HOME or PATH by default. */
  readonly java?: string;
  /** Where the class archive is kept; hwlab's cache by default. */
  readonly cache?: string;
  /** One file that opens without a server, in which every attachment is embedded; else a folder that needs one. */
  readonly singleFile: boolean;
}

/**
 * Runs `allure generate` of allure-commandline, without its shell script. The first run leaves an archive of the loaded
 * classes, with which later ones start in half the time; an archive that does not fit is ignored by the JVM.
 * @throws HwlabError lab `no-java` with what to install, `command-failed`, `deadline-exceeded`
 */
export async function generateAllure(results: string, output: string, options: AllureCommandOptions): Promise<void> {
  const java = await findJava(options.java);
  const home = join(dirname(createRequire(import.meta.url).resolve('allure-commandline/package.json')), 'dist');
  const jars = (await readdir(join(home, 'lib'))).filter((name) => name.endsWith('.jar')).sort().map((name) => join(home, 'lib', name));
  const classPath = [...jars, join(home, 'lib', 'config')].join(delimiter);
  const archive = await archiveFor(java, classPath, options.cache ?? cacheFolder());
  const args = [...jvmOptions, ...archive.options, `-Dapp.home=${home}`, '-cp', classPath, 'io.qameta.allure.CommandLine', 'generate', '--clean', ...(options.singleFile ? ['--single-file'] : []), results, '-o', output];
  try {
    await runCommand(java, args, { deadline: options.deadline, env: { APP_HOME: home } });
    await archive.keep();
  } catch (error) {
    await archive.drop();
    if (error instanceof HwlabError && error.code === 'command-missing') throw noJava(error);
    throw error;
  }
}

async function findJava(given: string | undefined): Promise<string> {
  if (given) return given;
  const folders = [...(process.env['JAVA_HOME'] ? [join(process.env['JAVA_HOME'], 'bin')] : []), ...(process.env['PATH'] ?? '').split(delimiter)];
  for (const folder of folders) {
    const path = join(folder, 'java');
    if (folder !== '' && (await stat(path).catch(() => undefined))?.isFile()) return path;
  }
  throw noJava(undefined);
}

function noJava(cause: unknown): HwlabError {
  return new HwlabError({
    code: 'no-java',
    blame: 'lab',
    message: 'the Allure report was not made: it needs a Java runtime and there is none',
    advice: 'install one (Debian: apt-get install default-jre-headless), then: ./hwlab report NIGHT',
    cause,
  });
}

interface Archive {
  readonly options: readonly string[];
  keep(): Promise<void>;
  drop(): Promise<void>;
}

/** Uses the class archive of this JVM and class path, or has one written at exit under another name and put in place when all went well. */
async function archiveFor(java: string, classPath: string, cache: string): Promise<Archive> {
  const program = await realpath(java).catch(() => java);
  const { size = 0, mtimeMs = 0 } = (await stat(program).catch(() => undefined)) ?? {};
  const key = createHash('sha256').update(JSON.stringify([program, size, mtimeMs, classPath])).digest('hex').slice(0, 16);
  const path = join(cache, `allure-classes-${key}.jsa`);
  const nothing = (): Promise<void> => Promise.resolve();
  if (await stat(path).catch(() => undefined)) return { options: [`-XX:SharedArchiveFile=${path}`], keep: nothing, drop: () => rm(path, { force: true }) };
  const made = await mkdir(cache, { recursive: true }).then(() => true, () => false);
  if (!made) return { options: [], keep: nothing, drop: nothing };
  const part = `${path}.${process.pid}.part`;
  return { options: [`-XX:ArchiveClassesAtExit=${part}`], keep: () => rename(part, path).catch(() => undefined), drop: () => rm(part, { force: true }) };
}
