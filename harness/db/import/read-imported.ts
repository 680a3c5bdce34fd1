import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportedFact } from '../generated/imported-fact.ts';
import { readLines } from '../read-lines.ts';
import { importedFolder } from './import-facts.ts';
import { importLimits } from './importer.ts';

/** A line of imported facts that could not be read. */
export interface BadFactLine {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** Files of imported facts of a database, sorted. */
export function importedFiles(database: string): readonly string[] {
  const folder = join(database, importedFolder);
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')).sort().map((name) => join(folder, name)) : [];
}

/** All imported facts of a database, one by one; the linter checks them against their schema, this only parses. Lines that are no JSON object are told. */
export async function* readImportedFacts(database: string, onBad: (line: BadFactLine) => void = () => undefined): AsyncGenerator<ImportedFact> {
  for (const file of importedFiles(database)) {
    for await (const { number, bytes } of readLines(file, importLimits.lineBytes)) {
      if (bytes === undefined) {
        onBad({ file, line: number, reason: 'the line is too long' });
        continue;
      }
      const fact = parsed(bytes);
      if (fact) yield fact;
      else onBad({ file, line: number, reason: 'it is no imported fact' });
    }
  }
}

function parsed(bytes: Buffer): ImportedFact | undefined {
  try {
    const value = JSON.parse(bytes.toString('utf8')) as ImportedFact | null;
    return typeof value === 'object' && value !== null && typeof value.device?.name === 'string' && typeof value.source?.kind === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
