import { expect, feature, suite, type ArduinoUnoControls, type LineCoding } from '../../harness/index.ts';
import { conversation, portOf, type Board } from './board-cell.ts';
import { expectSameBytes, pattern } from './bytes.ts';

const usual = { dataBits: 8, parity: 'none', stopBits: 1 } as const;

/** Settings of the line as stty takes them, and what the board must be told: speeds of kits and their lessons, and the other formats. */
const settings: readonly { readonly stty: string; readonly told: LineCoding }[] = [
  ...[57_600, 9600, 115_200, 230_400, 500_000, 1_000_000].map((baud) => ({ stty: `${baud} cs8 -parenb -cstopb`, told: { baud, ...usual } })),
  { stty: '19200 cs7 parenb -parodd cstopb', told: { baud: 19_200, dataBits: 7, parity: 'even', stopBits: 2 } },
  { stty: '38400 cs8 parenb parodd -cstopb', told: { baud: 38_400, dataBits: 8, parity: 'odd', stopBits: 1 } },
];

/** Fastest speed of the chip; a CDC-ACM board is only told numbers. */
function fastestOf(board: Board): number {
  return Number(board.model.behaviour['fastest'] ?? Infinity);
}

suite('robotics', () => {
  feature<ArduinoUnoControls>(
    'serial.speed',
    'speed, data bits, parity and stop bits that a program sets arrive at the board, the speed within 2 %',
    async (cell) => {
      const port = await portOf(cell);
      for (const { stty, told } of settings.filter((setting) => setting.told.baud <= fastestOf(cell.unit))) {
        cell.unit.controls.reset();
        await cell.guest.run(`stty -F ${port} ${stty}`);
        const { baud = 0, ...format } = cell.unit.controls.lineCodings.at(-1) ?? {};
        const { baud: wanted, ...wantedFormat } = told;
        expect(baud, `${stty}: speed at the board`).to.be.within(wanted * 0.98, wanted * 1.02);
        expect(format, `${stty}: format at the board`).to.deep.equal(wantedFormat);
      }
    },
    { within: 40 },
  );

  feature<ArduinoUnoControls>(
    'serial.echo',
    '64 KiB go to the board and come back, none lost, doubled or changed',
    async (cell) => {
      const port = await portOf(cell);
      const sent = pattern(65_536, 64);
      await cell.guest.putFile('/tmp/hwlab-echo.in', sent);
      const { stdout } = await cell.guest.run(
        conversation(
          cell.unit,
          port,
          `start=$(date +%s%N)
timeout 20 head -c ${sent.length} <&3 >/tmp/hwlab-echo.out & reader=$!
timeout 20 cat /tmp/hwlab-echo.in >&3
wait $reader; echo $(( ($(date +%s%N) - start) / 1000000 ))`,
        ),
        { within: 60 },
      );
      expectSameBytes('what the board got', cell.unit.controls.received(), sent);
      expectSameBytes('what came back', await cell.guest.getFile('/tmp/hwlab-echo.out'), sent);
      cell.measure('serial.echo.bytes-per-second', Math.round((sent.length * 1000) / Math.max(1, Number(stdout.trim()))));
    },
    { within: 60 },
  );

  feature<ArduinoUnoControls>('serial.reopen', 'a port that is opened and closed twenty times still works, and the board saw each opening', async (cell) => {
    const port = await portOf(cell);
    await cell.guest.run(`( for i in $(seq 20); do exec 3<>${port} || exit 1; exec 3>&-; done ); exit $?`);
    expect(cell.unit.controls.dtrEdges, 'openings that the board saw').to.equal(20);
    const { stdout } = await cell.guest.run(conversation(cell.unit, port, 'printf still-there >&3; timeout 10 head -c 11 <&3'));
    expect(stdout).to.equal('still-there');
  });

  feature<ArduinoUnoControls>(
    'serial.two-boards',
    'two boards of one kind have two ports and two names, and what is sent to one does not reach the other',
    async (cell) => {
      const other = await cell.plugAnother((model) => ({ ...model, usb: { ...model.usb, strings: { ...model.usb.strings, serial: '00000000000000000002' } } }));
      const ports = [await portOf(cell), await portOf(cell, other)] as const;
      expect(ports[0]).not.to.equal(ports[1]);
      const { stdout } = await cell.guest.run('ls /dev/serial/by-id');
      expect(stdout).to.include(cell.unit.model.usb.strings.serial ?? '').and.to.include('00000000000000000002');
      const answers = await Promise.all([
        cell.guest.run(conversation(cell.unit, ports[0], 'printf first >&3; timeout 10 head -c 5 <&3')),
        cell.guest.run(conversation(other, ports[1], 'printf other >&3; timeout 10 head -c 5 <&3')),
      ]);
      expect(answers.map((answer) => answer.stdout)).to.deep.equal(['first', 'other']);
      expect([cell.unit, other].map((board) => Buffer.from(board.controls.received()).toString())).to.deep.equal(['first', 'other']);
    },
    { within: 45 },
  );
});
