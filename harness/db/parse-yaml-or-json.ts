import { extname } from 'node:path';
import type * as Yaml from 'yaml';
import type { Document, LineCounter, Node } from 'yaml';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { lazyPackage } from '../base/lazy-package.ts';
import { jsonErrorOffset } from './json-error-offset.ts';

const yaml = lazyPackage<typeof Yaml>('yaml');

/** A place in a text file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A parsed file that still knows where each value stood. */
export interface ParsedData {
  readonly value: unknown;
  /** Place of the value at `path` (keys and indices), or of the nearest value around it that exists; of its key with `of: 'key'`. */
  locate(path: readonly string[], of?: 'value' | 'key'): Position;
}

/** Longest data file that is read, in characters. */
export const longestDataFile = 8 * 1024 * 1024;

/** Deepest nesting of a data file: parsers and validators recurse. */
const deepestNesting = 100;

/**
 * Parses one JSON or YAML document; `.yaml` and `.yml` are YAML 1.2, everything else is strict JSON.
 * Keys given twice are an error in both.
 * @throws HwlabError `data-syntax` (blame `usage`) with file, line and column.
 */
export function parseYamlOrJson(file: string, text: string): ParsedData {
  if (text.length > longestDataFile) throw syntaxError(file, { line: 1, column: 1 }, `the file is longer than ${longestDataFile} characters`);
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const isYaml = ['.yaml', '.yml'].includes(extname(file).toLowerCase());
  const deep = positionOfDeepest(clean);
  if (deep) throw syntaxError(file, deep, `values are nested deeper than ${deepestNesting}`);
  return isYaml ? parseYaml(file, clean) : parseJson(file, clean);
}

function parseJson(file: string, text: string): ParsedData {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw syntaxError(file, positionInText(text, jsonErrorOffset(text)), `not JSON: ${plainJsonError(error)}`, error);
  }
  const lines = new (yaml().LineCounter)();
  const document = yaml().parseDocument(text, { lineCounter: lines, schema: 'json', uniqueKeys: true, prettyErrors: false, logLevel: 'silent' });
  const duplicate = document.errors.find((error) => error.code === 'DUPLICATE_KEY');
  if (duplicate) throw syntaxError(file, positionAt(lines, duplicate.pos[0]), 'a key is given twice', duplicate);
  return { value, locate: (path, of) => locate(document, lines, path, of) };
}

function parseYaml(file: string, text: string): ParsedData {
  const lines = new (yaml().LineCounter)();
  const document = yaml().parseDocument(text, { lineCounter: lines, schema: 'core', uniqueKeys: true, prettyErrors: false, logLevel: 'silent' });
  const first = document.errors[0];
  if (first) throw syntaxError(file, positionAt(lines, first.pos[0]), `not YAML: ${first.message}`, first);
  try {
    const value: unknown = document.toJS({ maxAliasCount: 50 });
    return { value, locate: (path, of) => locate(document, lines, path, of) };
  } catch (error) {
    throw syntaxError(file, { line: 1, column: 1 }, `not YAML: ${messageOf(error)}`, error);
  }
}

function locate(document: Document.Parsed, lines: LineCounter, path: readonly string[], of: 'value' | 'key' = 'value'): Position {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    if (yaml().isAlias(node)) node = node.resolve(document);
    let next: unknown;
    if (yaml().isMap(node)) {
      const pair = node.items.find((item) => yaml().isPair(item) && (yaml().isScalar(item.key) ? String(item.key.value) : '') === key);
      next = of === 'key' && depth === path.length - 1 ? pair?.key : (pair?.value ?? pair?.key);
    } else if (yaml().isSeq(node)) {
      next = node.items[Number(key)];
    }
    if (next === undefined || next === null) break;
    node = next;
    offset = startOf(next) ?? offset;
  }
  return positionAt(lines, offset);
}

function startOf(node: unknown): number | undefined {
  return yaml().isNode(node) ? (node as Node).range?.[0] : undefined;
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function positionInText(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function plainJsonError(error: unknown): string {
  return messageOf(error).replace(/ in JSON at position.*$/s, '').replace(/, (\.\.\.)?".*is not valid JSON$/s, '').slice(0, 200);
}

/** Where brackets (JSON, YAML flow) or indentation (YAML blocks) go deeper than allowed. Brackets in strings count too: no honest file comes near. */
function positionOfDeepest(text: string): Position | undefined {
  let depth = 0;
  let line = 1;
  let lineStart = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\n') {
      line += 1;
      lineStart = at + 1;
      inString = false;
    } else if (char === '\\' && inString) at += 1;
    else if (char === '"') inString = !inString;
    else if (inString) continue;
    else if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth = Math.max(0, depth - 1);
    if (depth > deepestNesting || (char === ' ' && at - lineStart === 2 * deepestNesting && text.slice(lineStart, at).trim() === '')) {
      return { line, column: at - lineStart + 1 };
    }
  }
  return undefined;
}

function syntaxError(file: string, at: Position, what: string, cause?: unknown): HwlabError {
  return new HwlabError({
    code: 'data-syntax',
    blame: 'usage',
    message: `${file}:${at.line}:${at.column}: ${what}`,
    advice: `open ${file} at line ${at.line} and correct it`,
    facts: { file, line: at.line, column: at.column },
    cause,
  });
}
