import { HwlabError } from '../base/hwlab-error.ts';
import { describeViolations, pointerOf, type Violation } from './describe-violation.ts';
import type { EmulatedModelFile } from './generated/emulated-model.ts';
import { parseYamlOrJson, type ParsedData } from './parse-yaml-or-json.ts';
import { hasSchema, validatorOf } from './schemas.ts';

/** One error in a data file. */
export interface DataProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** JSON pointer (RFC 6901); the root is the empty string. */
  readonly pointer: string;
  readonly expected: string;
  readonly found: string;
  readonly advice?: string;
}

/** Most problems that one error lists. */
const mostShown = 10;

/**
 * Parses and validates one data file.
 * @param file its name: for messages, and its ending says whether it is YAML or JSON
 * @param schema name of the schema, `plan`, `device`, `emulators/usb-printer`
 * @throws HwlabError `data-syntax` or `data-invalid`, blame `usage`; the facts are a DataProblem (the first) and `problems`, one line each.
 */
export function parseData<T>(file: string, text: string, schema: string): T {
  const parsed = parseYamlOrJson(file, text);
  const problems = problemsOf(file, parsed, schema);
  if (problems.length > 0) throw dataInvalid(schema, problems);
  return parsed.value as T;
}

/** How a parsed file breaks the schema; empty if it does not. */
export function problemsOf(file: string, parsed: ParsedData, schema: string): readonly DataProblem[] {
  return violationsOf(parsed.value, schema).map(({ path, at, expected, found, advice }) => ({
    file,
    ...parsed.locate(path, at),
    pointer: pointerOf(path),
    expected,
    found,
    ...(advice === undefined ? {} : { advice }),
  }));
}

/** How a value breaks the schema, and its parts the schemas that it names itself; empty if it does not. */
export function violationsOf(value: unknown, schema: string): readonly Violation[] {
  const validate = validatorOf(schema);
  if (!validate(value)) return describeViolations(validate.errors ?? []);
  return schema === 'emulated-model' ? behaviourViolations(value as EmulatedModelFile) : [];
}

/** The behaviour of an emulated model keeps the schema of its emulator, where there is one. */
function behaviourViolations({ emulator, behaviour }: EmulatedModelFile): readonly Violation[] {
  const schema = `emulators/${emulator}`;
  if (!hasSchema(schema)) return [];
  return violationsOf(behaviour, schema).map((violation) => ({ ...violation, path: ['behaviour', ...violation.path] }));
}

/** `file:line:column: pointer: expected X, found Y`, and the advice. */
export function problemLine(problem: DataProblem): string {
  const { file, line, column, pointer, expected, found, advice } = problem;
  return `${file}:${line}:${column}: ${pointer === '' ? '(root)' : pointer}: expected ${expected}, found ${found}${advice ? ` (${advice})` : ''}`;
}

function dataInvalid(schema: string, problems: readonly DataProblem[]): HwlabError {
  const [first] = problems as [DataProblem, ...DataProblem[]];
  const more = problems.length - 1;
  return new HwlabError({
    code: 'data-invalid',
    blame: 'usage',
    message: `${problemLine(first)}${more > 0 ? `; and ${more} more` : ''}`,
    advice: first.advice ?? `see hardware-db/schemas/${schema}.schema.json`,
    facts: {
      file: first.file,
      line: first.line,
      column: first.column,
      pointer: first.pointer,
      expected: first.expected,
      found: first.found,
      problems: problems.slice(0, mostShown).map(problemLine),
    },
  });
}
