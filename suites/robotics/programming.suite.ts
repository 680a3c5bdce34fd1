import { expect, feature, suite, type ArduinoUnoControls } from '../../harness/index.ts';
import { bootSpeedOf, needsAvr, portOf, schoolUser, type BoardCell } from './board-cell.ts';
import { expectSameBytes, pattern } from './bytes.ts';
import { intelHex } from './intel-hex.ts';

/** Seconds after which avrdude is ended: its ten attempts at a board that does not answer take a minute. */
const giveUp = 30;
const interrupted = 124;

/** Runs avrdude as the pupil does and returns all that it said. */
async function avrdude(cell: BoardCell, options: string, within = giveUp): Promise<{ readonly exitCode: number; readonly said: string }> {
  needsAvr(cell);
  const port = await portOf(cell);
  const user = await schoolUser(cell);
  const { exitCode, stdout, stderr } = await cell.guest.run(`timeout ${within} runuser -u ${user} -- avrdude -c arduino -p m328p -P ${port} -b ${bootSpeedOf(cell.unit)} ${options} 2>&1`, {
    accept: [0, 1, interrupted],
  });
  const said = stdout + stderr;
  await cell.attach('avrdude', said, 'text/plain');
  return { exitCode, said };
}

/** What avrdude complains of, in one line; its progress and retries left out. */
function complaint(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => /error|mismatch|denied|not responding/i.test(line));
  return `avrdude says: ${[...new Set(errors.length > 0 ? errors : lines.filter((line) => line !== '').slice(-3))].slice(0, 4).join('; ')}`;
}

suite('robotics', () => {
  feature<ArduinoUnoControls>(
    'programming.signature',
    'avrdude resets the board into its boot loader and reads the signature of the chip',
    async (cell) => {
      const { exitCode, said } = await avrdude(cell, '');
      expect(exitCode, complaint(said)).to.equal(0);
      expect(said).to.match(/device signature = (0x)?1e ?95 ?0f/i);
      expect(cell.unit.controls.resets, 'resets of the board').to.be.greaterThan(0);
    },
    { within: 40 },
  );

  feature<ArduinoUnoControls>(
    'programming.write-verify',
    'avrdude writes a program and verifies it; the flash of the board holds exactly that program',
    async (cell) => {
      const program = pattern(4096, 328);
      await cell.guest.putFile('/tmp/hwlab-program.hex', Buffer.from(intelHex(program)));
      await cell.guest.run('chmod 644 /tmp/hwlab-program.hex');
      const started = performance.now();
      const { exitCode, said } = await avrdude(cell, '-D -U flash:w:/tmp/hwlab-program.hex:i');
      expect(exitCode, complaint(said)).to.equal(0);
      cell.measure('programming.seconds', Math.round((performance.now() - started) / 100) / 10);
      const flash = cell.unit.controls.flash();
      expectSameBytes('the flash of the board', flash.subarray(0, program.length), program);
      expect(flash.subarray(program.length).every((byte) => byte === 0xff), 'the rest of the flash is untouched').to.equal(true);
    },
    { within: 40 },
  );

  feature<ArduinoUnoControls>(
    'programming.two-boards',
    'two boards of one kind are programmed at the same time, each with its own program',
    async (cell) => {
      needsAvr(cell);
      const other = await cell.plugAnother();
      const ports = [await portOf(cell), await portOf(cell, other)] as const;
      const programs = [pattern(1024, 1), pattern(1024, 2)] as const;
      for (const [index, program] of programs.entries()) await cell.guest.putFile(`/tmp/hwlab-program-${index}.hex`, Buffer.from(intelHex(program)));
      const { stdout } = await cell.guest.run(
        `program() { timeout 60 avrdude -c arduino -p m328p -P $1 -b ${bootSpeedOf(cell.unit)} -D -U flash:w:/tmp/hwlab-program-$2.hex:i 2>&1; echo "exit $?"; }
program ${ports[0]} 0 >/tmp/hwlab-avrdude-0 & program ${ports[1]} 1 >/tmp/hwlab-avrdude-1; wait; cat /tmp/hwlab-avrdude-0 /tmp/hwlab-avrdude-1`,
        { within: 70 },
      );
      await cell.attach('avrdude, both', stdout, 'text/plain');
      expect(stdout.match(/^exit \d+$/gm), complaint(stdout)).to.deep.equal(['exit 0', 'exit 0']);
      for (const [index, board] of [cell.unit, other].entries()) expectSameBytes(`the flash of board ${index + 1}`, board.controls.flash().subarray(0, 1024), programs[index] ?? new Uint8Array(0));
    },
    { within: 90 },
  );

  feature<ArduinoUnoControls>(
    'programming.no-answer',
    'for a board whose boot loader does not answer avrdude says so and does not report success',
    async (cell) => {
      cell.unit.controls.bootloader = false;
      const { exitCode, said } = await avrdude(cell, '', 8);
      expect(exitCode).not.to.equal(0);
      expect(said).to.match(/not in sync|not responding/i);
    },
    { within: 40 },
  );
});
