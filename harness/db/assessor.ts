import { loadFolder, type Database } from './database.ts';
import type { Device } from './generated/device.ts';
import type { ImageRecord } from './generated/image.ts';
import { historyRules } from './history-rules.ts';
import { observationsOf, readHistories } from './read-histories.ts';
import type { BadLine } from './read-results.ts';
import { assessDevice, type Assessment } from './verdicts/assess-device.ts';
import { flakeFaults } from './verdicts/flake-fault.ts';
import { newerPointReleases } from './verdicts/newer-point-releases.ts';
import { ImageHistory } from './verdicts/test-history.ts';

/** What is known of a device with personalities on an image. */
export interface QuirkAssessment extends Pick<Assessment, 'device' | 'image' | 'lastTestedAt' | 'nights' | 'features'> {
  /** Sorted ids. */
  readonly personalities: readonly string[];
}

/** A database whose results were read once, ready to assess any of its devices on any of its images. */
export interface Assessor {
  readonly devices: ReadonlyMap<string, Device>;
  /** Records by id; an image that only results name has none. */
  readonly records: ReadonlyMap<string, ImageRecord>;
  /** Every image that a record or a result names, sorted. */
  readonly images: readonly string[];
  /** How many results were read, and the ISO 8601 start of the newest, or empty. */
  readonly results: number;
  readonly newestAt: string;
  /** Lines of the results that could not be read, the first thousand. */
  readonly badLines: readonly BadLine[];
  /** Also for an image on which nothing was tested: the headline is then `not-tested`. */
  assess(device: Device, image: string): Assessment;
  /** One a set of personalities. */
  quirksOf(device: Device, image: string): readonly QuirkAssessment[];
}

/** Reads all that verdicts are made from. Memory grows with devices, images and tests, not with nights. */
export async function openAssessor(database: Database, now: Date): Promise<Assessor> {
  const [devices, issues, profiles, records, coverage, certificates] = await Promise.all([database.devices(), database.knownIssues(), database.profiles(), loadFolder<ImageRecord>(database.folderOf('images'), 'image'), database.coverage(), database.certificates()]);
  const { histories, quirks, current, results, newestAt, badLines } = await readHistories(database, historyRules(issues, now));
  const nothing = new ImageHistory(() => false);
  const faults = new Map<string, ReturnType<typeof flakeFaults>>();
  const faultsOf = (image: string): ReturnType<typeof flakeFaults> => {
    const found = faults.get(image) ?? flakeFaults(observationsOf(histories.get(image) ?? new Map<string, ImageHistory>(), (id) => devices.get(id)?.vendor ?? id));
    faults.set(image, found);
    return found;
  };
  const assess = (device: Device, image: string, history: ImageHistory): Assessment => {
    const record = records.get(image);
    const read = coverage.get(image);
    const claims = read?.devices[device.id];
    const certificate = certificates.find((one) => one.device === device.id && one.image === image);
    return assessDevice({
      device,
      image,
      history,
      profiles,
      current: current.get(image),
      faultOf: (test, machine) => faultsOf(image)(test, device.id, machine),
      newerPointReleases: record ? newerPointReleases(record, records.values(), now) : 0,
      retired: device.retired !== undefined && device.retired <= now.toISOString().slice(0, 10),
      now,
      ...(read && claims ? { rules: { claims, readAt: read.readAt, kernel: read.kernel, sha256: read.sha256 } } : {}),
      ...(certificate ? { certificate } : {}),
    });
  };
  return {
    devices,
    records,
    images: [...new Set([...records.keys(), ...histories.keys(), ...quirks.keys()])].sort(),
    results,
    newestAt,
    badLines,
    assess: (device, image) => assess(device, image, histories.get(image)?.get(device.id) ?? nothing),
    quirksOf: (device, image) =>
      [...(quirks.get(image)?.get(device.id) ?? [])].map(([ids, history]) => {
        const { features, lastTestedAt, nights } = assess(device, image, history);
        return { device: device.id, image, personalities: ids.split('+'), lastTestedAt, nights, features: features.filter((feature) => feature.level !== undefined) };
      }),
  };
}
