// Generated from hardware-db/schemas/imported-fact.schema.json by scripts/generate-types.ts; do not edit.

/**
 * What a public list, a probe or an inventory says of a device. One a line of <database>/imported/<kind>.jsonl, which is derived and can be deleted and imported again.
 */
export type ImportedFact = {
  source: FactSource;
  /**
   * E1 a claim; E3 a probe of a machine in use, which counts only once it was reviewed
   */
  evidence: 'E1' | 'E3';
  /**
   * of E3: needed, or who reviewed it and when
   */
  review?: string;
  device: FactDevice;
  claim?: FactClaim;
};
export type ImportKind =
  'usb-ids' | 'sane-hwdb' | 'sane-desc' | 'foomatic' | 'libwacom' | 'ipp-usb' | 'hw-probe' | 'lsusb' | 'inventory' | 'kcidb';

export interface FactSource {
  kind: ImportKind;
  /**
   * the list and its version
   */
  name: string;
  /**
   * of the list, or of its file where it bears none
   */
  date: string;
  /**
   * under which terms its facts may be passed on
   */
  licence: string;
  importedAt: string;
  /**
   * where in the list: file and line
   */
  at: string;
}
export interface FactDevice {
  vendor: string;
  name: string;
  /**
   * @maxItems 40
   */
  aliases?: string[];
  /**
   * @maxItems 64
   */
  usb?: string[];
  /**
   * @maxItems 32
   */
  ieee1284?: FactDeviceId[];
  /**
   * @maxItems 32
   */
  articles?: string[];
  /**
   * @maxItems 32
   */
  classes?: ('printer' | 'scanner' | 'panel' | 'robotics' | 'storage' | 'camera' | 'computer')[];
}
export interface FactDeviceId {
  manufacturer: string;
  model: string;
  commandSet?: string;
}
/**
 * what the source says of it; a source that only names the device makes none
 */
export interface FactClaim {
  says: 'works' | 'limited' | 'broken' | 'untested' | 'seen' | 'owned' | 'quirk';
  feature?: string;
  driver?: string;
  /**
   * the system that it was seen on
   */
  system?: string;
  quantity?: number;
  text?: string;
}
