/** Which chip with a boot loader in its ROM is on a board; `esp` of a board's behaviour. */
export interface EspFacts {
  readonly chip: 'esp32' | 'esp8266';
  /** Address of its Wi-Fi in its fuses, `24:6f:28:00:00:01`. */
  readonly mac: string;
}

/** What is fixed in a chip, as its technical reference manual and the description of the serial protocol have it. */
export interface EspChip {
  /** Value at 0x40001000, by which tools tell the chips apart. */
  readonly magic: number;
  /** Bytes of the status that ends an answer of the ROM. */
  readonly statusLength: 2 | 4;
  /** Whether the ROM inflates, sums up, reads the flash, and changes its speed. */
  readonly ownsFlashCommands: boolean;
  /** The controller of the flash: its base, and the offset of its first data word. */
  readonly spi: { readonly base: number; readonly data: number };
  /** Register with the divider of the serial port's clock, and the clock it divides, Hz. */
  readonly divider: { readonly address: number; readonly clock: number };
  readonly registers: (mac: Uint8Array) => ReadonlyMap<number, number>;
  /** What the ROM prints after a reset, before `download` or before the program starts. */
  readonly says: { readonly download: string; readonly program: string };
}

const efuse = 0x3ff5a000;
const word = (mac: Uint8Array, ...places: number[]): number => places.reduce((value, place) => value * 256 + (place < 0 ? 0 : (mac[place] ?? 0)), 0);

export const espChips: Readonly<Record<EspFacts['chip'], EspChip>> = {
  esp32: {
    magic: 0x00f01d83,
    statusLength: 4,
    ownsFlashCommands: true,
    spi: { base: 0x3ff42000, data: 0x80 },
    divider: { address: 0x3ff40014, clock: 40_000_000 },
    registers: (mac) =>
      new Map([
        [efuse + 0x04, word(mac, 2, 3, 4, 5)],
        [efuse + 0x08, word(mac, -1, -1, 0, 1)],
        // package ESP32-D0WD, revision 3: one bit here, one in word 5, one in the date of the clock controller
        [efuse + 0x0c, 0x0000_8200],
        // the 8 MHz oscillator, as measured against the crystal: with the register below it says 40 MHz
        [efuse + 0x10, 128],
        [efuse + 0x14, 0x0010_0000],
        [0x3ff6_607c, 0x8000_0000],
        [0x3ff5_f06c, 800 << 7],
      ]),
    says: {
      download: 'ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))\r\nwaiting for download\r\n',
      program: 'ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\n',
    },
  },
  esp8266: {
    magic: 0xfff0c101,
    statusLength: 2,
    ownsFlashCommands: false,
    spi: { base: 0x6000_0200, data: 0x40 },
    divider: { address: 0x6000_0014, clock: 52_000_000 },
    registers: (mac) =>
      new Map([
        [0x3ff0_0050, word(mac, 5, -1, -1, -1)],
        [0x3ff0_0054, word(mac, -1, -1, 3, 4)],
        [0x3ff0_0058, 0],
        [0x3ff0_005c, word(mac, -1, 0, 1, 2)],
      ]),
    // The ROM speaks at 74880 bit/s before a tool has set the speed: at 115200 it is unreadable, and is left out.
    says: { download: '', program: '' },
  },
};
