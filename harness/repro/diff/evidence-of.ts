import { existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artefact, Result } from '../../db/generated/result.ts';
import type { WireEvent } from '../../emulation/usb-device.ts';

const mostText = 8 * 2 ** 20;

/** A text artefact of a result, of the named test or else of the cell, as far as it is still there; '' otherwise. */
export async function artefactText(result: Result, nightFolder: string | undefined, name: string, test?: string): Promise<string> {
  if (nightFolder === undefined) return '';
  const ofTest = result.tests.find((each) => each.id === test)?.attempts.at(-1)?.artefacts ?? [];
  const ofFailures = result.tests.flatMap((each) => (each.outcome === 'FAIL' ? (each.attempts.at(-1)?.artefacts ?? []) : []));
  const named = (artefact: Artefact): boolean => artefact.name === name;
  // The cell's own trace begins with the plug; that of a test with the test.
  const found = test === undefined ? (result.artefacts.findLast(named) ?? ofFailures.find(named)) : ofTest.findLast(named);
  if (!found || found.path.split('/').includes('..')) return '';
  const file = join(nightFolder, found.path);
  if (!existsSync(file) || !statSync(file).isFile()) return '';
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(mostText, statSync(file).size)), 0, Math.min(mostText, statSync(file).size), 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** The events of a wire trace; lines that are none are left out. */
export function wireEvents(text: string): readonly WireEvent[] {
  return text.split('\n').flatMap((line): readonly WireEvent[] => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null && 'kind' in value && 'from' in value ? [value as WireEvent] : [];
    } catch {
      return [];
    }
  });
}
