import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mergePatch } from '../../base/merge-patch.ts';
import { projectRoot } from '../../base/places.ts';
import { plugIntoFake } from '../testing/fake-qemu.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { createMicropythonHub } from './micropython-hub.ts';
import { Repl } from './repl.ts';
import { TinyPython } from './tiny-python.ts';

const lesson = 'import hub\nnumber = 6 * 7\nprint("The answer is", number)\nfor step in range(3):\n    print("step", step + 1)\nprint(-7 // 2, 7 % 4, "a" + \'b\', (1 + 2) * 3)\n';
const answer = 'The answer is 42\r\nstep 1\r\nstep 2\r\nstep 3\r\n-4 3 ab 9\r\n';

describe('as much Python as a first lesson needs', () => {
  const errorOf = (program: string): string => new TinyPython().run(program).error.split('\r\n').slice(1, 3).join(' ').trim();

  it('runs a lesson, keeps names for the next line', () => {
    const python = new TinyPython();
    expect(python.run(lesson)).to.deep.equal({ output: answer, error: '' });
    expect(python.run('print(number)').output).to.equal('42\r\n');
    expect(python.run('for a in range(2):\n  for b in range(2):\n    print(a, b)').output).to.equal('0 0\r\n0 1\r\n1 0\r\n1 1\r\n');
    expect(python.run('\n# nothing\n\nprint()').output).to.equal('\r\n');
  });

  it('says what is wrong, and on which line, after what was printed before', () => {
    expect(new TinyPython().run('print(1)\nprint(nobody)')).to.deep.equal({ output: '1\r\n', error: 'Traceback (most recent call last):\r\n  File "<stdin>", line 2, in <module>\r\nNameError: name \'nobody\' isn\'t defined\r\n' });
    expect(errorOf('print("a" + 1)')).to.match(/TypeError/);
    expect(errorOf('x = 1 // 0')).to.match(/ZeroDivisionError/);
    expect(errorOf('while True: pass')).to.match(/line 1.*SyntaxError/);
    expect(errorOf('print(1)\n  print(2)')).to.match(/line 2.*IndentationError/);
    expect(errorOf('for i in range(2):')).to.match(/SyntaxError/);
    expect(errorOf('import antigravity')).to.match(/ImportError/);
    expect(errorOf('print(1')).to.match(/SyntaxError/);
    expect(errorOf('print("open)')).to.match(/SyntaxError/);
    expect(errorOf(`x = ${'('.repeat(1000)}1`)).to.match(/RuntimeError/);
  });

  it('has an end, whatever it is given', () => {
    expect(errorOf('for a in range(999999):\n for b in range(999999):\n  pass')).to.match(/RuntimeError/);
    expect(errorOf('a = "x"\nfor i in range(99):\n a = a + a')).to.match(/TypeError/);
    expect(errorOf(`print(${'9'.repeat(400)})`)).to.match(/SyntaxError/);
  });
});

describe('the prompt of MicroPython', () => {
  let said: string;
  let repl: Repl;
  const type = (text: string): string => {
    said = '';
    repl.feed(Buffer.from(text, 'latin1'));
    return said;
  };

  beforeEach(() => {
    said = '';
    repl = new Repl({ banner: 'MicroPython v1; Hub' }, (text) => (said += text));
  });

  it('comes when the program that runs is interrupted, and not before', () => {
    expect(type('print(1)\r')).to.equal('');
    expect(type('\x03')).to.match(/KeyboardInterrupt: \r\nMicroPython v1; Hub\r\nType "help\(\)" for more information\.\r\n>>> $/);
    expect(type('print(1)\r')).to.equal('print(1)\r\n1\r\n>>> ');
    expect(type('x\x7fy')).to.equal('x\b \by');
    expect(type('\x03\x02')).to.equal('\r\n>>> \r\nMicroPython v1; Hub\r\nType "help()" for more information.\r\n>>> ');
    expect([type('\x04'), repl.mode]).to.deep.equal(['\r\nMPY: soft reboot\r\n', 'program']);
  });

  it('takes a program in paste mode', () => {
    type('\x03');
    const text = type(`\x05${lesson.replaceAll('\n', '\r')}\x04`);
    expect(text).to.match(/^\r\npaste mode; Ctrl-C to cancel, Ctrl-D to finish\r\n=== import hub\r\n=== /);
    expect(text.endsWith(`${answer}>>> `)).to.equal(true);
    expect(type('\x05print(\x03')).to.match(/>>> $/);
    expect(repl.mode).to.equal('friendly');
  });

  it('runs programs raw, as tools do it, with output and error apart', () => {
    type('\x03');
    expect(type('\x01')).to.equal('\r\nraw REPL; CTRL-B to exit\r\n>');
    expect(type(`${lesson}\x04`)).to.equal(`OK${answer}\x04\x04>`);
    expect(type('print(nobody)\x04').split('\x04').map((part) => part.slice(0, 9))).to.deep.equal(['OK', 'Traceback', '>']);
    expect(type('rubbish\x03print(2)\x04')).to.equal('OK2\r\n\x04\x04>');
    expect(type('\x02')).to.match(/>>> $/);
    expect(repl.programs).to.equal(2);
  });
});

describe('a hub with MicroPython', () => {
  it('tells its state until it is interrupted, and only to who has opened the port', async () => {
    const model = mergePatch(JSON.parse(await readFile(join(projectRoot, 'fixtures/devices/robotics/lego-spike-prime.json'), 'utf8')), { behaviour: { telemetry: { every: 10 } } }) as EmulatedModel;
    const unit = createMicropythonHub(model);
    const plugged = await plugIntoFake(unit);
    const { guest } = plugged;
    let text = '';
    const read = async (enough: RegExp): Promise<void> => {
      while (!enough.test(text)) text += (await guest.bulkIn(3, 512)).data.toString('latin1');
    };
    await guest.controlOut(0x21, 0x22, 1, 0);
    await read(/"m":0.*\r/);
    await guest.bulkOut(3, Buffer.from('\x03'));
    await read(/>>> $/);
    text = '';
    await guest.bulkOut(3, Buffer.from('print(6*7)\r'));
    await read(/>>> $/);
    expect(text).to.equal('print(6*7)\r\n42\r\n>>> ');
    expect({ edges: unit.controls.dtrEdges, bytes: unit.controls.receivedBytes, mode: unit.controls.mode, programs: unit.controls.programs }).to.deep.equal({ edges: 1, bytes: 12, mode: 'friendly', programs: 1 });
    unit.controls.reset();
    expect([unit.controls.mode, unit.controls.receivedBytes]).to.deep.equal(['program', 0]);
    plugged.close();
    expect(guest.violations).to.deep.equal([]);
    expect(plugged.failures).to.deep.equal([]);
  });
});
