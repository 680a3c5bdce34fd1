import { expect } from 'chai';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { waitFor } from '../../base/wait-for.ts';
import type { ConsoleLine, MachineConsole } from '../machine-console.ts';

export interface ConsoleUnderTest extends AsyncDisposable {
  /** A console that was not started. */
  readonly console: MachineConsole;
  /** The machine prints. */
  print(text: string): void;
  /** What was sent to the machine so far, a break as the character \u2401 where it can be seen. */
  received(): string;
  readonly seesBreak: boolean;
  /** Breaks the link; it can be made again at once. */
  readonly cut?: () => Promise<void>;
}

/** What every console must do; mocha tests. */
export function consoleContract(name: string, make: () => Promise<ConsoleUnderTest>): void {
  describe(`console: ${name}`, function () {
    this.timeout(120_000);
    let it_: ConsoleUnderTest;
    let folder: string;
    let file: string;
    const lines: ConsoleLine[] = [];
    const soon = (): Deadline => Deadline.after(30_000);
    const until = async (what: string, there: () => boolean): Promise<unknown> => waitFor(what, () => (there() ? { value: true } : { saw: JSON.stringify([lines.slice(-5), it_.received().slice(-200)]) }), { deadline: soon(), every: 20, blame: 'harness' });
    const text = (from: ConsoleLine['from'] = 'console'): string[] => lines.filter((line) => line.from === from).map((line) => line.text);

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'hwlab-console-'));
      file = join(folder, 'console.log');
      it_ = await make();
      it_.console.onLine((line) => lines.push(line));
      await it_.console.start(file, soon());
    });
    after(async () => {
      await it_?.console[Symbol.asyncDispose]();
      await it_?.[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });

    it('is connected before anything is printed, and gives lines and prompts with rising times', async () => {
      expect(it_.console.state).to.equal('connected');
      it_.print('first\r\nsecond \u001b[1mbold\u001b[0m\r\nlogin: ');
      await until('the prompt', () => text().includes('login: '));
      expect(text()).to.deep.equal(['first', 'second bold', 'login: ']);
      const times = lines.map((line) => line.at);
      expect(times.every((at, index) => at >= 0 && at >= (times[index - 1] ?? 0))).to.equal(true);
    });

    it('passes every byte that is typed', async () => {
      const typed = '~root\r~.~~\r\nÿ\u0001end\r';
      await it_.console.send(typed, soon());
      await until('what was typed', () => it_.received().includes('end\r'));
      expect(it_.received()).to.contain(Buffer.from(typed).toString('latin1'));
    });

    it('sends a break before what is typed after it, as SysRq needs it', async () => {
      await it_.console.sendBreak(soon());
      await it_.console.send('h', soon());
      await until('the break', () => it_.received().endsWith(it_.seesBreak ? '\u2401h' : 'h'));
      it_.print('after the break\r\n');
      await until('a line', () => text().includes('after the break'));
      expect(text().filter((line) => line.includes('break'))).to.deep.equal(['after the break']);
    });

    it('loses none of many lines', async () => {
      const many = Array.from({ length: 2000 }, (_, index) => `line ${index} ${'x'.repeat(40)}`);
      for (let at = 0; at < many.length; at += 250) {
        it_.print(`${many.slice(at, at + 250).join('\r\n')}\r\n`);
        await until(`line ${at + 249}`, () => text().includes(many[at + 249] ?? ''));
      }
      expect(text().filter((line) => line.startsWith('line '))).to.deep.equal(many);
    });

    it('comes back by itself when the link breaks, and says the gap', async () => {
      if (it_.cut === undefined) return;
      await it_.cut();
      await until('the link', () => text('note').some((line) => line.startsWith('console back')));
      expect(text('note')[0]).to.match(/^console lost: /);
      it_.print('here again\r\n');
      await until('a line', () => text().includes('here again'));
    });

    it('has all of it in its file', async () => {
      await it_.console[Symbol.asyncDispose]();
      expect(it_.console.state).to.equal('lost');
      const kept = (await readFile(file, 'utf8')).trimEnd().split('\n');
      expect(kept[0]).to.match(/^# console of .* since \d{4}-/);
      expect(kept.slice(1)).to.deep.equal(lines.map((line) => `[${(line.at / 1000).toFixed(3).padStart(9)}] ${line.from === 'note' ? '-- ' : ''}${line.text}`));
    });
  });
}
