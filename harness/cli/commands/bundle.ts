import type { Command } from 'commander';
import { join, resolve } from 'node:path';
import { existsSync } from 'node:fs';
import { HwlabError } from '../../base/hwlab-error.ts';
import { ResultStore } from '../../db/result-store.ts';
import { listImageIds } from '../../images/catalogue.ts';
import { readManifest, storedIds } from '../../images/image-store.ts';
import { loadMachineProfile } from '../../machines/machine-profile.ts';
import { writeBundle } from '../../repro/bundle/write-bundle.ts';
import { findResult } from '../../repro/find-result.ts';
import { cellAgain } from '../../repro/plan-repro.ts';
import { reproFolder } from '../../repro/run-again.ts';
import { loadCatalogue } from '../../run/catalogue.ts';
import { harnessRevision } from '../../run/harness-revision.ts';
import { nightSettings, withNightOptions, type NightOptions } from '../night-options.ts';

interface BundleFlags extends NightOptions {
  readonly out?: string;
  readonly withoutArtefacts?: boolean;
}

/** `hwlab bundle`: one file that a developer elsewhere can run. */
export function registerBundleCommand(program: Command): void {
  const command = program
    .command('bundle')
    .description('put a result with its model, suite, manifest and artefacts into one file; ./hwlab run FILE runs it in another checkout')
    .argument('<result>', 'NIGHT-NNN, as pages name it')
    .option('--out <file>', 'the file to write; RESULT.hwlab.tgz here when left out')
    .option('--without-artefacts', 'leave the artefacts out: logs and wire traces hold what the guest and the device said');
  withNightOptions(command)
    .addHelpText('after', '\nThe image is named by its hash and is not in the file.\n\nExamples:\n  ./hwlab bundle 20261122-031500-k3xq-007\n  ./hwlab bundle 20261122-031500-k3xq-007 --out bug-1234.hwlab.tgz\n  ./hwlab run bug-1234.hwlab.tgz\n\nExit codes: 0 written, 2 no such result, or its model or suite is gone.')
    .action(async (asked: string, flags: BundleFlags) => {
      const { database, reports, json } = nightSettings(flags);
      const places = [database, reproFolder(reports)];
      const { result, database: found } = await findResult(asked, places);
      const catalogue = await loadCatalogue(await listImageIds());
      const cell = await cellAgain(result, { kernelParameters: [] }, undefined, catalogue);
      const file = resolve(flags.out ?? `${result.id}.hwlab.tgz`);
      const nightFolder = flags.withoutArtefacts ? undefined : await folderOf(result.night, found, [reports, reproFolder(reports)]);
      const written = await writeBundle(file, { result, cell, machine: await loadMachineProfile(result.cell.machine), image: await manifestOf(result.environment.imageSha256), nightFolder, harness: await harnessRevision(), now: new Date() });
      if (json) process.stdout.write(`${JSON.stringify(written, null, 2)}\n`);
      else {
        const lines = [`${written.file}: ${Math.ceil(written.bytes / 1024)} KiB, ${written.files} files`, ...written.differs.map((what) => `  not as it was: ${what}`), ...(written.missing.length > 0 && !flags.withoutArtefacts ? [`  ${written.missing.length} artefacts are gone: ${written.missing.slice(0, 3).join(', ')}`] : []), `  elsewhere: ./hwlab run ${flags.out ?? `${result.id}.hwlab.tgz`}`];
        process.stdout.write(`${lines.join('\n')}\n`);
      }
    });
}

async function manifestOf(sha256: string): ReturnType<typeof readManifest> {
  for (const id of await storedIds()) {
    const manifest = await readManifest(id).catch(() => undefined);
    if (manifest?.files.disk.sha256 === sha256) return manifest;
  }
  return undefined;
}

/** The folder of a night, as its record says, below one of the folders of reports. */
async function folderOf(night: string, database: string | undefined, reports: readonly string[]): Promise<string | undefined> {
  const record = database === undefined ? undefined : await ResultStore.open(database).readNight(night).catch((error: unknown) => {
    if (error instanceof HwlabError) return undefined;
    throw error;
  });
  return reports.map((folder) => join(folder, record?.folder ?? `nights/${night}`)).find((folder) => existsSync(folder));
}
