import { refusal } from './import-notes.ts';

/**
 * The one that is asked for of several devices of a capture: by `VID:PID` or by its number from 1. Without a wish it is the only one that is no hub.
 * @throws HwlabError usage `capture-several` or `capture-no-such-device`, with the list
 */
export function select<T>(items: readonly T[], ids: (item: T) => { readonly vendorId: number; readonly productId: number } | undefined, describe: (item: T) => string, unlikely: (item: T) => boolean, wanted: string | undefined): T {
  const list = items.slice(0, 30).map((item, index) => `${index + 1}: ${describe(item)}`);
  const likely = items.filter((item) => !unlikely(item));
  if (wanted === undefined) {
    const [only] = likely.length > 0 ? likely : items;
    if (only === undefined || likely.length > 1 || (likely.length === 0 && items.length > 1)) throw refusal('capture-several', `${items.length} devices are in it: ${list.join('; ')}`, 'choose one with --select VID:PID or --select N', { devices: list, offset: 0 });
    return only;
  }
  const pair = /^([0-9a-f]{4}):([0-9a-f]{4})$/i.exec(wanted);
  const found = pair
    ? items.filter((item) => ids(item)?.vendorId === parseInt(pair[1] ?? '', 16) && ids(item)?.productId === parseInt(pair[2] ?? '', 16))
    : /^\d{1,5}$/.test(wanted)
      ? items.slice(Number(wanted) - 1, Number(wanted))
      : [];
  const last = found.at(-1);
  if (last === undefined) throw refusal('capture-no-such-device', `"${wanted.slice(0, 40)}" is not in it: ${list.join('; ')}`, 'give --select VID:PID in hex, or the number of the device', { devices: list, offset: 0 });
  return last;
}
