// Generated from hardware-db/schemas/machine.schema.json by scripts/generate-types.ts; do not edit.

/**
 * What a virtual machine is made of. The file is hardware-db/machines/<id>.json.
 */
export interface MachineProfile {
  id: string;
  /**
   * for people
   */
  name: string;
  kind: 'vm';
  cpus: number;
  /**
   * MiB
   */
  memory: number;
  /**
   * direct-kernel: as the image's record says, which may be bios or uefi for images without a kernel file
   */
  firmware: 'direct-kernel' | 'bios' | 'uefi';
  /**
   * none: only a serial console
   */
  display: 'none' | 'virtio-gpu' | 'vga';
  usb: MachineUsb;
}
export interface MachineUsb {
  controller: 'qemu-xhci';
  /**
   * usb-redir ports: how many devices can be plugged in at once
   */
  ports: number;
}
