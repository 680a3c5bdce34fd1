/** Which cell a line of results is about, and when it began; read without parsing the whole line. */
export interface ResultPlace {
  readonly device: string;
  readonly image: string;
  /** Ids joined with +; empty for a device as it is. */
  readonly personalities: string;
}

/** The beginning of a line as hwlab writes it. No brace may be inside the cell, so that no text in it can end it early. */
const beginning = /^\{"schema":"hwlab\/result\/1","id":"[a-z0-9-]{8,80}","night":"[a-z0-9-]{8,60}","cell":(\{[^{}\\\x80-\xff]*\}),"/;
/** So many bytes hold the beginning of any line that is read the short way. */
const longestBeginning = 1200;

/** The place of a result by its line; undefined for a line that is no result. Other writers' lines are parsed whole. */
export function resultPlace(bytes: Buffer): ResultPlace | undefined {
  const cell = beginning.exec(bytes.toString('latin1', 0, Math.min(bytes.length, longestBeginning)))?.[1];
  return placeOf(cell === undefined ? parsed(bytes.toString('utf8'), 'cell') : parsed(cell));
}

function placeOf(cell: unknown): ResultPlace | undefined {
  if (typeof cell !== 'object' || cell === null) return undefined;
  const { device, image, personalities = [] } = cell as Readonly<Record<string, unknown>>;
  if (typeof device !== 'string' || typeof image !== 'string' || !Array.isArray(personalities)) return undefined;
  return { device, image, personalities: personalities.map(String).join('+') };
}

function parsed(text: string, key?: string): unknown {
  try {
    const value = JSON.parse(text) as unknown;
    return key === undefined ? value : (value as Readonly<Record<string, unknown>> | null)?.[key];
  } catch {
    return undefined;
  }
}
