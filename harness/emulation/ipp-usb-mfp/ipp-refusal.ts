import type { IppStatusName } from '../../wire/ipp/ipp-names.ts';
import type { IppAttribute } from '../../wire/ipp/ipp-message.ts';

/** A request that gets an IPP error status. It is an answer of the device, not a failure of the program. */
export class IppRefusal extends Error {
  readonly status: IppStatusName;
  readonly unsupported: readonly IppAttribute[];

  constructor(status: IppStatusName, message: string, unsupported: readonly IppAttribute[] = []) {
    super(message);
    this.status = status;
    this.unsupported = unsupported;
  }
}
