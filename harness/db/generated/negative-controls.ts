// Generated from hardware-db/schemas/negative-controls.schema.json by scripts/generate-types.ts; do not edit.

export type NegativeControl = (
  | {
      [k: string]: unknown;
    }
  | {
      [k: string]: unknown;
    }
) & {
  id: string;
  /**
   * the real-world break that this imitates
   */
  why: string;
  /**
   * id of the emulated model that is broken
   */
  model: string;
  /**
   * the image that the audit tries it on, where the suite needs another than debian-12
   */
  image?: string;
  /**
   * the machine profile that the audit tries it on, where the suite needs another than vm-basic
   */
  machine?: string;
  /**
   * JSON merge patch (RFC 7396) on the model file
   */
  modelPatch?: {};
  guest?: NegativeGuest;
  /**
   * features whose tests must fail, all of them
   *
   * @minItems 1
   */
  mustFail: [string, ...string[]];
} & (
    | {
        [k: string]: unknown;
      }
    | {
        [k: string]: unknown;
      }
  ) & {
    id: string;
    /**
     * the real-world break that this imitates
     */
    why: string;
    /**
     * id of the emulated model that is broken
     */
    model: string;
    /**
     * the image that the audit tries it on, where the suite needs another than debian-12
     */
    image?: string;
    /**
     * the machine profile that the audit tries it on, where the suite needs another than vm-basic
     */
    machine?: string;
    /**
     * JSON merge patch (RFC 7396) on the model file
     */
    modelPatch?: {};
    guest?: NegativeGuest;
    /**
     * features whose tests must fail, all of them
     *
     * @minItems 1
     */
    mustFail: [string, ...string[]];
  };

/**
 * Deliberately broken devices and systems for which a suite must fail. suites/negative-controls/<suite>.json.
 */
export interface NegativeControls {
  suite: string;
  description?: string;
  /**
   * @minItems 1
   */
  controls: [NegativeControl, ...NegativeControl[]];
}
/**
 * what is broken in the guest before the device is plugged in
 */
export interface NegativeGuest {
  /**
   * kernel modules that must not load
   */
  blacklist?: string[];
  /**
   * command lines run as root
   */
  commands?: string[];
}
