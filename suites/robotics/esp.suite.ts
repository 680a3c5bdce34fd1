import { expect, feature, suite, type ArduinoUnoControls } from '../../harness/index.ts';
import { expectSameBytes, pattern } from './bytes.ts';
import { conversation, portOf, schoolUser, type BoardCell } from './board-cell.ts';

/** Seconds after which esptool is ended: its seven attempts at a board that does not answer take half a minute. */
const giveUp = 60;
const interrupted = 124;
/** Where the flash of a board has its first program. */
const placeOf = { esp32: 0x1000, esp8266: 0 } as const;

interface EspChip {
  readonly chip: 'esp32' | 'esp8266';
  readonly mac: string;
}

/** The chip of the board; skips for boards without one, and on images without the tool. */
async function espChip(cell: BoardCell): Promise<EspChip> {
  const esp = cell.unit.model.behaviour['esp'] as EspChip | undefined;
  if (esp === undefined) cell.skip('a board with an ESP chip');
  const { exitCode } = await cell.guest.run('command -v esptool', { accept: [0, 1, 127] });
  if (exitCode !== 0) cell.skip('esptool on the image');
  return esp;
}

/** Runs esptool as the pupil does and returns all that it said. */
async function esptool(cell: BoardCell, options: string): Promise<{ readonly exitCode: number; readonly said: string }> {
  const port = await portOf(cell);
  const user = await schoolUser(cell);
  const { exitCode, stdout } = await cell.guest.run(`timeout ${giveUp} runuser -u ${user} -- esptool --port ${port} ${options} 2>&1`, { accept: [0, 1, 2, interrupted], within: giveUp + 10 });
  const said = stdout.replaceAll('\r', '\n');
  await cell.attach('esptool', said, 'text/plain');
  return { exitCode, said };
}

/** What esptool ends with, in one line. */
const lastWords = (said: string): string => `esptool says: ${said.split('\n').filter((line) => line.trim() !== '').slice(-2).join('; ')}`;

/** Debian's esptool brings no flasher for the ESP32, and must be told so; the ROM of an ESP8266 cannot verify, so that it takes the flasher. */
const optionsOf = ({ chip }: EspChip): string => (chip === 'esp32' ? '--no-stub ' : '');

async function putProgram(cell: BoardCell): Promise<Uint8Array> {
  const program = pattern(16 * 1024, 32);
  await cell.guest.putFile('/tmp/hwlab-program.bin', Buffer.from(program));
  await cell.guest.run('chmod 644 /tmp/hwlab-program.bin');
  return program;
}

suite('robotics', () => {
  feature<ArduinoUnoControls>(
    'programming.esp-identify',
    'esptool resets the board into the boot loader of its chip, and tells the chip, its address and the size of its flash',
    async (cell) => {
      const esp = await espChip(cell);
      const { exitCode, said } = await esptool(cell, `${optionsOf(esp)}flash_id`);
      expect(exitCode, lastWords(said)).to.equal(0);
      expect(said).to.match(esp.chip === 'esp32' ? /Chip is ESP32-/ : /Chip is ESP8266/);
      expect(said).to.contain(`MAC: ${esp.mac}`);
      expect(said).to.contain('Detected flash size: 4MB');
      expect(cell.unit.controls.resets, 'resets of the board').to.be.greaterThan(0);
    },
    { within: 80 },
  );

  feature<ArduinoUnoControls>(
    'programming.esp-write',
    'esptool writes a program and verifies it; the flash of the board holds exactly that program, and the board starts it',
    async (cell) => {
      const esp = await espChip(cell);
      const program = await putProgram(cell);
      const place = placeOf[esp.chip];
      const { exitCode, said } = await esptool(cell, `${optionsOf(esp)}write_flash --flash_mode keep --flash_size keep ${place} /tmp/hwlab-program.bin`);
      expect(exitCode, lastWords(said)).to.equal(0);
      expect(said).to.contain('Hash of data verified.');
      const flash = cell.unit.controls.flash();
      expectSameBytes('the flash of the board', flash.subarray(place, place + program.length), program);
      const behind = [...flash.subarray(0, place), ...flash.subarray(place + program.length)];
      expect(behind.every((byte) => byte === 0xff), 'the rest of the flash is untouched').to.equal(true);
      const before = cell.unit.controls.bootCommands;
      const { stdout } = await cell.guest.run(conversation(cell.unit, await portOf(cell), 'printf lesson >&3; timeout 10 head -c 6 <&3'));
      expect(stdout, 'what the program on the board says').to.equal('lesson');
      expect(cell.unit.controls.bootCommands, 'commands to the boot loader when the program runs').to.equal(before);
    },
    { within: 100 },
  );

  feature<ArduinoUnoControls>(
    'programming.esp-as-typed',
    'esptool flashes the board with the command that its manual gives, without further options',
    async (cell) => {
      const esp = await espChip(cell);
      const program = await putProgram(cell);
      const place = placeOf[esp.chip];
      const { exitCode, said } = await esptool(cell, `write_flash ${place} /tmp/hwlab-program.bin`);
      expect(exitCode, lastWords(said)).to.equal(0);
      expectSameBytes('the flash of the board', cell.unit.controls.flash().subarray(place, place + program.length), program);
    },
    { within: 80 },
  );

  feature<ArduinoUnoControls>(
    'programming.esp-no-answer',
    'for a board whose chip does not answer esptool says so and does not report success',
    async (cell) => {
      await espChip(cell);
      cell.unit.controls.bootloader = false;
      const { exitCode, said } = await esptool(cell, '--connect-attempts 1 --no-stub flash_id');
      expect(exitCode).to.be.oneOf([1, 2]);
      expect(said).to.match(/failed to connect|could not connect/i);
    },
    { within: 80 },
  );
});
