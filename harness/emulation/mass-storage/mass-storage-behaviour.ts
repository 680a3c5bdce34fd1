import type { EmulatedModel } from '../usb-device.ts';

/** `behaviour` of a model with the emulator `mass-storage`; its schema is hardware-db/schemas/emulators/mass-storage.schema.json. */
export interface MassStorageBehaviour {
  /** What INQUIRY says: 8, 16 and 4 characters. */
  readonly inquiry: { readonly vendor: string; readonly product: string; readonly revision: string };
  /** Of 512 bytes. */
  readonly sectors: number;
  readonly volume: {
    /** First sector: 0 for a disk without a partition table. */
    readonly start: number;
    readonly label: string;
    readonly files: readonly { readonly name: string; readonly text: string }[];
  };
  readonly medium?: {
    readonly writeProtected?: boolean;
    readonly flushMilliseconds?: number;
    readonly writeMillisecondsPerSector?: number;
    readonly unreadable?: { readonly from: number; readonly count: number };
  };
  /** Deliberate breaks, for negative controls. */
  readonly defects?: {
    /** Every so many sectors that are written one is forgotten. */
    readonly forgetsOneSectorIn?: number;
    /** A sector that cannot be read is given as if it were sound: with what was written to it, or zeros. */
    readonly hidesUnreadable?: boolean;
  };
}

/** The schema has checked the shape when the file was read. */
export function massStorageBehaviour(model: EmulatedModel): MassStorageBehaviour {
  return model.behaviour as unknown as MassStorageBehaviour;
}
