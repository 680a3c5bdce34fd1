import type { Deadline } from '../base/deadline.ts';

/** A real USB device plugged in at another station, offered as a usbredir port of this host until it is disposed. */
export interface RemoteUnit extends AsyncDisposable {
  /** On 127.0.0.1 of this host; the first that connects has the device. */
  readonly port: number;
}

/** Which device: an id, and the only one of it there. */
export interface RemoteUnitSpec {
  /** For example `04b8:1129`. */
  readonly id: string;
}

/** @throws HwlabError lab `unit-missing`, `unit-busy`, `unit-lost` */
export interface RemoteUnits {
  offer(unit: RemoteUnitSpec, deadline: Deadline): Promise<RemoteUnit>;
}
