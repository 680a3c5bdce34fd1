import type { Deadline } from '../base/deadline.ts';

/** What a machine shows, taken from its video output by a grabber. */
export interface DisplayCapture {
  /** One picture as PNG. @throws HwlabError lab `capture-failed`, `capture-no-signal` */
  capture(deadline: Deadline): Promise<Uint8Array>;
}
