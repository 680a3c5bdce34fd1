// Generated from hardware-db/schemas/vendor-names.schema.json by scripts/generate-types.ts; do not edit.

/**
 * Names under which makers are known, and groups of makers that sell the same devices. hardware-db/names/vendors.json.
 */
export interface VendorNames {
  about: string;
  vendors: VendorEntry[];
  families: VendorFamily[];
}
export interface VendorEntry {
  id: string;
  name: string;
  aliases: string[];
  cyrillic: string[];
  source: string;
}
export interface VendorFamily {
  id: string;
  /**
   * @minItems 2
   */
  vendors: [string, string, ...string[]];
  what: string;
  source: string;
}
