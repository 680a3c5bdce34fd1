// Generated from hardware-db/schemas/night.schema.json by scripts/generate-types.ts; do not edit.

/**
 * One execution of a plan: what it set out to do. Written when it starts and again when it ends. hardware-db/results/<YYYY-MM>/<night>.night.json.
 */
export interface Night {
  schema: 'hwlab/night/1';
  id: string;
  /**
   * plan name and the first 16 hex digits of its sha256, as in the results
   */
  plan: string;
  startedAt: string;
  finishedAt?: string;
  accelerator: 'kvm' | 'tcg' | 'none';
  slots: number;
  /**
   * for one cell, with hardware virtualisation; what a resumed night uses
   */
  deadlineMinutes?: number;
  /**
   * the levels that the plan names, if it names some; what a resumed night uses
   *
   * @minItems 1
   */
  requirements?: ['required' | 'recommended' | 'optional' | 'trial', ...('required' | 'recommended' | 'optional' | 'trial')[]];
  /**
   * what the plan says of failed tests of a cell, if it says so; what a resumed night uses
   */
  stopAfterFailures?: number;
  /**
   * where its artefacts and page are
   */
  folder?: string;
  cells: CellId[];
  stopped?: NightStop;
  exitCode?: number;
}
export interface CellId {
  /**
   * image/machine/model/suite; the model with its personalities, model+id+id; with @usbip where the transport is that
   */
  id: string;
  image: string;
  machine: string;
  /**
   * id of the emulated model
   */
  model: string;
  /**
   * ids of the quirks that the model was given, sorted; left out when it had none. Such a cell says nothing of the device's own headline
   *
   * @minItems 1
   */
  personalities?: [string, ...string[]];
  /**
   * id of the product in hardware-db/devices
   */
  device: string;
  suite: string;
  attachment: 'emulated' | 'replayed' | 'redirected' | 'passed-through' | 'wired' | 'network';
  /**
   * how an emulated device reached the guest, where that was not usb-redir
   */
  transport?: 'usbip';
}
/**
 * set when it ended before all cells had run
 */
export interface NightStop {
  code: string;
  message: string;
}
