import { HwlabError } from '../../base/hwlab-error.ts';
import { didYouMean } from '../../base/near-matches.ts';
import type { ImageRecord } from '../generated/image.ts';

/** What an index knows of images. */
export interface KnownImages {
  readonly images: readonly { readonly id: string }[];
  readonly records: ReadonlyMap<string, Pick<ImageRecord, 'supportedUntil' | 'variant'>>;
}

/** Asks for every image that is known. */
export const everyImage = 'all';

/**
 * The images that a list is checked for. Without a wish these are the releases that somebody buys for: in regular support on that day, and no variant of another (a kernel
 * of backports, a workstation's programs), which is tried with few devices and would make every line "not tested". Where there is none, all that are no variant, or else all.
 * @param wished ids; `all` asks for all
 * @throws HwlabError `unknown-image` (usage)
 */
export function imagesOfList({ images, records }: KnownImages, wished: readonly string[], now: Date): readonly string[] {
  const known = images.map(({ id }) => id).sort();
  if (wished.includes(everyImage)) return known;
  const unknown = wished.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new HwlabError({ code: 'unknown-image', blame: 'usage', message: `there is no image "${unknown.slice(0, 80)}"${didYouMean(unknown, known)}`, advice: `known: ${[...known, everyImage].join(', ')}` });
  if (wished.length > 0) return wished;
  const today = now.toISOString().slice(0, 10);
  const plain = known.filter((id) => records.get(id)?.variant === undefined);
  const supported = plain.filter((id) => (records.get(id)?.supportedUntil ?? today) >= today);
  return [supported, plain, known].find((ids) => ids.length > 0) ?? [];
}
