import { createHash } from 'node:crypto';
import { closeSync, createReadStream, mkdirSync, openSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { Bundle } from '../../db/generated/bundle.ts';
import { violationsOf } from '../../db/parse-data.ts';
import { isOnNetwork } from '../../emulation/create-network-device.ts';
import { badPath, bundleLimits, bundleManifest } from './bundle-limits.ts';

/** A bundle that was unpacked and is whole. */
export interface OpenedBundle {
  readonly bundle: Bundle;
  /** Where suites/ and artefacts/ of it are. */
  readonly folder: string;
}

/**
 * Unpacks a bundle into an empty folder, after each file was found to be what bundle.json says: nothing outside the folder is written, no link made,
 * and no more unpacked than the limits allow.
 * @throws HwlabError usage `bundle-refused` with the reason: cut, edited, of a newer version, hostile
 */
export async function openBundle(file: string, folder: string): Promise<OpenedBundle> {
  const { size } = await stat(file).catch((cause: unknown) => {
    throw new HwlabError({ code: 'bundle-missing', blame: 'usage', message: `there is no bundle ${file}`, cause });
  });
  if (size > bundleLimits.packedBytes) throw refused(file, `it is larger than ${bundleLimits.packedBytes / 2 ** 20} MiB`);
  const unpacking = new Unpacking(file, folder);
  try {
    await pipeline(createReadStream(file), createGunzip(), limited(file), unpacking.parser as unknown as NodeJS.WritableStream);
  } catch (error) {
    throw unpacking.wrong ?? (error instanceof HwlabError ? error : refused(file, reasonOf(error), error));
  }
  return { bundle: unpacking.end(), folder };
}

class Unpacking {
  readonly parser: Parser;
  wrong: HwlabError | undefined;
  readonly #file: string;
  readonly #folder: string;
  readonly #seen = new Set<string>();
  #bundle: Bundle | undefined;
  #entries = 0;

  constructor(file: string, folder: string) {
    this.#file = file;
    this.#folder = folder;
    this.parser = new Parser({ strict: true, maxMetaEntrySize: 64 * 1024, onReadEntry: (entry: ReadEntry) => this.#take(entry) });
  }

  /** @throws HwlabError when a file is missing */
  end(): Bundle {
    const bundle = this.#bundle;
    if (this.wrong) throw this.wrong;
    if (!bundle) throw refused(this.#file, `it does not begin with ${bundleManifest}`);
    const missing = Object.keys(bundle.files).find((path) => !this.#seen.has(path));
    if (missing !== undefined) throw refused(this.#file, `it was cut or edited: ${JSON.stringify(missing)} is missing`);
    const outside = bundle.suite.files.find((path) => !(path in bundle.files));
    if (outside !== undefined) throw refused(this.#file, `it was edited: ${JSON.stringify(outside)} of its suite is not in it`);
    return bundle;
  }

  #take(entry: ReadEntry): void {
    try {
      this.#entries += 1;
      if (this.wrong || this.#entries > bundleLimits.files) throw refused(this.#file, 'it holds too many files');
      if (this.#bundle) this.#takeFile(entry, this.#bundle);
      else this.#takeManifest(entry);
    } catch (error) {
      this.#refuse(error, entry);
    }
  }

  #takeManifest(entry: ReadEntry): void {
    if (entry.path !== bundleManifest || entry.type !== 'File') throw refused(this.#file, `it does not begin with ${bundleManifest}`);
    if (entry.size > bundleLimits.manifestBytes) throw refused(this.#file, `${bundleManifest} is too large`);
    const pieces: Buffer[] = [];
    entry.on('data', (piece: Buffer) => pieces.push(piece));
    entry.on('end', () => {
      try {
        this.#bundle = parseManifest(this.#file, Buffer.concat(pieces).toString('utf8'));
      } catch (error) {
        this.#refuse(error, entry);
      }
    });
  }

  #takeFile(entry: ReadEntry, bundle: Bundle): void {
    const { path } = entry;
    const shown = JSON.stringify(path.slice(0, 120));
    if (entry.type !== 'File') throw refused(this.#file, `${shown} is no plain file`);
    const bad = badPath(path);
    if (bad !== undefined) throw refused(this.#file, `${shown}: ${bad}`);
    const said = Object.hasOwn(bundle.files, path) ? bundle.files[path] : undefined;
    if (!said) throw refused(this.#file, `it was edited: ${bundleManifest} does not name ${shown}`);
    if (this.#seen.has(path)) throw refused(this.#file, `it was edited: ${shown} is in it twice`);
    if (said.size !== entry.size) throw refused(this.#file, `it was edited: ${shown} has ${entry.size} bytes instead of ${said.size}`);
    this.#seen.add(path);
    const target = join(this.#folder, path);
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    const out = openSync(target, 'wx', 0o600);
    const hash = createHash('sha256');
    entry.on('data', (piece: Buffer) => {
      hash.update(piece);
      writeSync(out, piece);
    });
    entry.on('end', () => {
      closeSync(out);
      if (hash.digest('hex') !== said.sha256) this.#refuse(refused(this.#file, `it was edited: ${shown} is not what ${bundleManifest} says`), entry);
    });
  }

  #refuse(error: unknown, entry: ReadEntry): void {
    this.wrong ??= error instanceof HwlabError ? error : refused(this.#file, reasonOf(error), error);
    entry.resume();
    this.parser.abort(this.wrong);
  }
}

function parseManifest(file: string, text: string): Bundle {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused(file, `${bundleManifest} is no JSON`, cause);
  }
  const schema: unknown = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  const version = typeof schema === 'string' ? /^hwlab\/bundle\/(\d+)$/.exec(schema)?.[1] : undefined;
  if (version !== undefined && version !== '1') throw refused(file, `it is of version ${version}, and this hwlab reads version 1`, undefined, 'update this checkout');
  const [violation] = violationsOf(value, 'bundle');
  if (violation) throw refused(file, `${bundleManifest} at /${violation.path.join('/').slice(0, 200)}: expected ${violation.expected}, found ${violation.found}`);
  const bundle = value as Bundle;
  // A device on the network has no USB side in its file, and an empty one in memory.
  const { usb: _, ...withoutUsb } = bundle.model;
  const [model] = violationsOf(isOnNetwork(String(bundle.model['emulator'])) ? withoutUsb : bundle.model, 'emulated-model');
  if (model) throw refused(file, `its model at /${model.path.join('/').slice(0, 200)}: expected ${model.expected}, found ${model.found}`);
  const [machine] = violationsOf(bundle.machine, 'machine');
  if (machine) throw refused(file, `its machine profile at /${machine.path.join('/').slice(0, 200)}: expected ${machine.expected}, found ${machine.found}`);
  if (bundle.image.sha256 !== bundle.result.environment.imageSha256 || bundle.suite.name !== bundle.result.cell.suite || bundle.model['id'] !== bundle.result.cell.model) throw refused(file, 'it was edited: its image, suite or model is not that of its result');
  let bytes = 0;
  for (const { size } of Object.values(bundle.files)) bytes += size;
  if (bytes > bundleLimits.bytes) throw refused(file, `it unpacks to more than ${bundleLimits.bytes / 2 ** 20} MiB`);
  return bundle;
}

/** Passes bytes on until there are more than a bundle may hold, whatever it says of itself. */
function limited(file: string): Transform {
  let seen = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      seen += piece.length;
      if (seen > bundleLimits.bytes + bundleLimits.manifestBytes) done(refused(file, `it unpacks to more than ${bundleLimits.bytes / 2 ** 20} MiB`));
      else done(null, piece);
    },
  });
}

function reasonOf(error: unknown): string {
  const said = messageOf(error);
  if (/unexpected end|truncated|TAR_BAD_ARCHIVE/i.test(said)) return `it was cut: ${said}`;
  if (/incorrect header check|unknown compression|invalid|checksum/i.test(said)) return `it is no bundle, or damaged: ${said}`;
  return said;
}

function refused(file: string, why: string, cause?: unknown, advice = 'get it again from where it was made'): HwlabError {
  return new HwlabError({ code: 'bundle-refused', blame: 'usage', message: `${file} is refused: ${why}`, advice, ...(cause === undefined ? {} : { cause }) });
}
