import type { WireEvent } from '../../emulation/usb-device.ts';
import { describeRequest, endpointName } from '../../wire/usb/describe-request.ts';

/** One thing on the cable in a line: who, what, where, how many bytes, how it ended, what it means. */
export function eventText({ from, kind, endpoint, length, status, meaning, head, setup }: WireEvent): string {
  const request = setup && meaning === undefined ? (describeRequest(setup) ?? `request ${setup.requestType.toString(16)} ${setup.request.toString(16)} value ${setup.value.toString(16)} index ${setup.index.toString(16)} length ${setup.length}`) : undefined;
  return [from.padEnd(6), kind, endpoint === undefined ? '' : endpointName(endpoint), length === undefined ? '' : `${length} B`, status === undefined || status === 'ok' ? '' : status, meaning ?? request ?? head?.slice(0, 32) ?? ''].filter((part) => part !== '').join(' ');
}
