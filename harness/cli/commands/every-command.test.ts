import { Command } from 'commander';
import { expect } from 'chai';
import { commandTable } from '../command-table.ts';

/** They hand the terminal to a program of the machine and say nothing of their own. */
const handsTerminalOver = ['hold shell', 'lab shell'];

describe('every command', function () {
  this.timeout(60_000);
  const commands: { readonly name: string; readonly command: Command; readonly help: string }[] = [];

  before(async () => {
    const program = new Command('hwlab');
    for (const { register } of commandTable) await register(program);
    const walk = (command: Command, names: readonly string[], above: string): void => {
      let shown = '';
      command.configureOutput({ writeOut: (text) => void (shown += text) }).outputHelp();
      const help = `${above}\n${shown}`;
      for (const own of command.commands) walk(own, [...names, own.name()], help);
      if (command.commands.length === 0) commands.push({ name: names.join(' '), command, help });
    };
    for (const command of program.commands) walk(command, [command.name()], '');
  });

  it('can answer as JSON', () => {
    const without = commands.filter(({ command }) => !command.options.some(({ long }) => long === '--json')).map(({ name }) => name);
    expect(without.sort()).to.deep.equal(handsTerminalOver);
  });

  it('says in its help, or in that of the command above, its exit codes and examples', () => {
    expect(commands.length).to.be.above(50);
    expect(commands.filter(({ help }) => !/Exit codes?\b[^:\n]*:/.test(help)).map(({ name }) => name)).to.deep.equal([]);
    expect(commands.filter(({ help }) => !/Examples?:/.test(help)).map(({ name }) => name)).to.deep.equal([]);
  });
});
