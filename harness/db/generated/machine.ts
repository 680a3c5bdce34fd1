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
   * direct-kernel: as the image's record says. bios, uefi: this firmware; it starts the image's kernel file where the record says direct-kernel, and the disk's boot loader otherwise
   */
  firmware: 'direct-kernel' | 'bios' | 'uefi';
  /**
   * none: only a serial console
   */
  display: 'none' | 'virtio-gpu' | 'vga';
  /**
   * screens of the graphics card, 1 when left out; more need virtio-gpu
   */
  displays?: number;
  /**
   * built-in parts: sound is an HD Audio card, battery and thermal are ACPI tables of the firmware, wifi (mac80211_hwsim) and camera (vivid) are made by the guest's kernel and need an image of which the lab starts the kernel
   */
  parts?: ('sound' | 'battery' | 'thermal' | 'wifi' | 'camera')[];
  usb: MachineUsb;
}
export interface MachineUsb {
  /**
   * ich9-ehci: USB 2.0, with three UHCI companions to which full-speed and low-speed devices fall
   */
  controller: 'qemu-xhci' | 'ich9-ehci';
  /**
   * usb-redir ports: how many devices can be plugged in at once; ich9-ehci has at most 6
   */
  ports: number;
}
