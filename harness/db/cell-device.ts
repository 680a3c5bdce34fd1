/** A model and the personalities it is given, ids sorted. */
export interface CellDevice {
  readonly model: string;
  readonly personalities: readonly string[];
}

/** `model+quirk+quirk`, as plans, command lines and the ids of cells write it. */
export function deviceWord({ model, personalities }: { readonly model: string; readonly personalities?: readonly string[] | undefined }): string {
  return [model, ...(personalities ?? [])].join('+');
}

/** The parts of a device word. Empty parts and repeated ids are dropped: whether the names exist is the catalogue's to say. */
export function parseDeviceWord(word: string): CellDevice {
  const [model = '', ...ids] = word.split('+').map((part) => part.trim());
  return { model, personalities: [...new Set(ids.filter((id) => id !== ''))].sort() };
}
