/** What a run of a program said. */
export interface ProgramResult {
  readonly output: string;
  /** A traceback as MicroPython prints it; empty when it ended well. */
  readonly error: string;
}

type Value = number | string;

/** Most statements that a program runs, and most characters that it prints: a hub has no more patience than a test. */
const mostSteps = 200_000;
const mostOutput = 1024 * 1024;
const mostDigits = 15;

class PythonError extends Error {
  readonly line: number;

  constructor(kind: string, what: string, line: number) {
    super(`${kind}: ${what}`);
    this.line = line;
  }
}

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

/**
 * As much of Python as the programs of a first lesson need: whole numbers and strings, names, `print`, `import`, `for ... in range(...)`. Anything else is a
 * SyntaxError, as of a hub that knows no such thing. `names` outlive a program, as those of a prompt do.
 */
export class TinyPython {
  readonly #names = new Map<string, Value>();
  #output = '';
  #steps = 0;

  run(program: string): ProgramResult {
    this.#output = '';
    this.#steps = 0;
    try {
      const lines = program.split(/\r\n|\r|\n/).flatMap((text, index): Line[] => (/^\s*(#.*)?$/.test(text) ? [] : [{ number: index + 1, indent: text.length - text.trimStart().length, text: text.trim() }]));
      this.#block(lines);
      return { output: this.#output, error: '' };
    } catch (error) {
      if (!(error instanceof PythonError)) throw error;
      return { output: this.#output, error: `Traceback (most recent call last):\r\n  File "<stdin>", line ${error.line}, in <module>\r\n${error.message}\r\n` };
    }
  }

  #block(lines: readonly Line[]): void {
    const indent = lines[0]?.indent ?? 0;
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines[at];
      if (!line) return;
      if (line.indent !== indent) throw new PythonError('IndentationError', 'unexpected indent', line.number);
      const loop = /^for ([a-z_]\w*) in range\((.+)\):$/i.exec(line.text);
      if (!loop) {
        this.#statement(line);
        continue;
      }
      const after = lines.findIndex((each, index) => index > at && each.indent <= indent);
      const body = lines.slice(at + 1, after < 0 ? lines.length : after);
      if (body.length === 0) throw new PythonError('SyntaxError', 'invalid syntax', line.number);
      const count = this.#evaluate(loop[2] ?? '', line.number);
      if (typeof count !== 'number') throw new PythonError('TypeError', "can't convert str to int", line.number);
      for (let turn = 0; turn < count; turn += 1) {
        this.#names.set(loop[1] ?? '', turn);
        this.#block(body);
      }
      at += body.length;
    }
  }

  #statement({ text, number }: Line): void {
    this.#steps += 1;
    if (this.#steps > mostSteps) throw new PythonError('RuntimeError', 'the program does not end', number);
    const print = /^print\((.*)\)$/.exec(text);
    const assignment = /^([a-z_]\w*)\s*=(?!=)\s*(.+)$/i.exec(text);
    if (print) this.#print(print[1] ?? '', number);
    else if (assignment) this.#names.set(assignment[1] ?? '', this.#evaluate(assignment[2] ?? '', number));
    else if (/^import \w+$/.test(text)) this.#import(text.slice('import '.length), number);
    else if (text !== 'pass') throw new PythonError('SyntaxError', 'invalid syntax', number);
  }

  #import(name: string, number: number): void {
    if (!['hub', 'sys', 'time', 'utime'].includes(name)) throw new PythonError('ImportError', `no module named '${name}'`, number);
  }

  #print(text: string, number: number): void {
    const parser = new Expression(text, this.#names, number);
    const values = text.trim() === '' ? [] : parser.list();
    if (this.#output.length > mostOutput) throw new PythonError('MemoryError', 'memory allocation failed', number);
    this.#output += `${values.join(' ')}\r\n`;
  }

  #evaluate(text: string, number: number): Value {
    const [value, ...more] = new Expression(text, this.#names, number).list();
    if (value === undefined || more.length > 0) throw new PythonError('SyntaxError', 'invalid syntax', number);
    return value;
  }
}

const token = /\s*(?:(\d+)|"([^"\\]*)"|'([^'\\]*)'|([a-z_]\w*)|(\/\/|[-+*%(),]))/iy;

/** Sums and products of whole numbers, strings and names, with parentheses. */
class Expression {
  readonly #tokens: { readonly kind: 'value' | 'name' | 'sign'; readonly value: Value }[] = [];
  readonly #names: ReadonlyMap<string, Value>;
  readonly #line: number;
  #at = 0;

  constructor(text: string, names: ReadonlyMap<string, Value>, line: number) {
    this.#names = names;
    this.#line = line;
    token.lastIndex = 0;
    const source = text.trimEnd();
    while (token.lastIndex < source.length) {
      const found = token.exec(source);
      if (!found || (found[1]?.length ?? 0) > mostDigits) throw this.#wrong();
      const [, digits, double, single, name, sign] = found;
      if (digits !== undefined) this.#tokens.push({ kind: 'value', value: Number(digits) });
      else if (name !== undefined) this.#tokens.push({ kind: 'name', value: name });
      else if (sign !== undefined) this.#tokens.push({ kind: 'sign', value: sign });
      else this.#tokens.push({ kind: 'value', value: double ?? single ?? '' });
    }
  }

  list(): readonly Value[] {
    const values = [this.#sum(0)];
    while (this.#takes(',')) values.push(this.#sum(0));
    if (this.#at < this.#tokens.length) throw this.#wrong();
    return values;
  }

  #sum(depth: number): Value {
    let left = this.#product(depth);
    for (;;) {
      if (this.#takes('+')) left = this.#calculate('+', left, this.#product(depth));
      else if (this.#takes('-')) left = this.#calculate('-', left, this.#product(depth));
      else return left;
    }
  }

  #product(depth: number): Value {
    let left = this.#atom(depth);
    for (;;) {
      const sign = ['*', '//', '%'].find((each) => this.#takes(each));
      if (sign === undefined) return left;
      left = this.#calculate(sign, left, this.#atom(depth));
    }
  }

  #atom(depth: number): Value {
    if (depth > 50) throw new PythonError('RuntimeError', 'maximum recursion depth exceeded', this.#line);
    if (this.#takes('-')) return this.#calculate('-', 0, this.#atom(depth + 1));
    if (this.#takes('(')) {
      const inner = this.#sum(depth + 1);
      if (!this.#takes(')')) throw this.#wrong();
      return inner;
    }
    const next = this.#tokens[this.#at];
    if (!next || next.kind === 'sign') throw this.#wrong();
    this.#at += 1;
    if (next.kind === 'value') return next.value;
    const value = this.#names.get(String(next.value));
    if (value === undefined) throw new PythonError('NameError', `name '${next.value}' isn't defined`, this.#line);
    return value;
  }

  #calculate(sign: string, left: Value, right: Value): Value {
    if (typeof left === 'string' && typeof right === 'string' && sign === '+' && left.length + right.length <= mostOutput) return left + right;
    if (typeof left !== 'number' || typeof right !== 'number') throw new PythonError('TypeError', `unsupported types for ${sign}: '${typeName(left)}', '${typeName(right)}'`, this.#line);
    if (sign === '+') return left + right;
    if (sign === '-') return left - right;
    if (sign === '*') return left * right;
    if (right === 0) throw new PythonError('ZeroDivisionError', 'divide by zero', this.#line);
    return sign === '//' ? Math.floor(left / right) : left - right * Math.floor(left / right);
  }

  #takes(sign: string): boolean {
    const next = this.#tokens[this.#at];
    if (next?.kind !== 'sign' || next.value !== sign) return false;
    this.#at += 1;
    return true;
  }

  #wrong(): PythonError {
    return new PythonError('SyntaxError', 'invalid syntax', this.#line);
  }
}

function typeName(value: Value): string {
  return typeof value === 'number' ? 'int' : 'str';
}
