/** One line of `libinput debug-events`. */
export interface LibinputEvent {
  readonly device: string;
  /** `TOUCH_DOWN`, `TABLET_TOOL_TIP`, ... */
  readonly kind: string;
  /** Milliseconds since it began to listen; the first events may be slightly before that and count as 0. */
  readonly time: number;
  /** The text after the time. */
  readonly rest: string;
}

/** A touch event with its place in per cent of the panel, undefined for TOUCH_UP. */
export interface LibinputTouch extends LibinputEvent {
  readonly slot: number;
  readonly x: number | undefined;
  readonly y: number | undefined;
}

/** An unsigned 32-bit count of milliseconds that wrapped below zero, as libinput 1.22 prints it. */
const wrapped = 4_000_000;

/** libinput 1.28 (Debian 13) puts the number of the repetition before the time. */
export function parseLibinputEvents(text: string): readonly LibinputEvent[] {
  return [...text.matchAll(/^[ -](event\d+)[ \t]+([A-Z_]+)(?:[ \t]+(?:\d+[ \t]+)?\+([\d.]+)s)?[ \t]*(.*)$/gm)].map((match) => {
    const seconds = Number(match[3] ?? 0);
    return { device: match[1] ?? '', kind: match[2] ?? '', time: seconds > wrapped ? 0 : Math.round(seconds * 1000), rest: match[4] ?? '' };
  });
}

export function touchesOf(events: readonly LibinputEvent[]): readonly LibinputTouch[] {
  return events.flatMap((event) => {
    const match = /^(-?\d+) \(\d+\)(?:\s+([-\d.]+)\/\s*([-\d.]+))?/.exec(event.rest);
    if (!event.kind.startsWith('TOUCH_') || !match) return [];
    return [{ ...event, slot: Number(match[1]), x: match[2] === undefined ? undefined : Number(match[2]), y: match[3] === undefined ? undefined : Number(match[3]) }];
  });
}

/** Lines in which libinput complains, of the given devices or of none in particular. */
export function complaintsIn(text: string, nodes: readonly { readonly path: string }[]): readonly string[] {
  const own = new Set(nodes.map(({ path }) => path.slice('/dev/input/'.length)));
  return text.split('\n').filter((line) => {
    const device = /^[ -]?(event\d+)\b/.exec(line)?.[1];
    return /libinput (error|bug)|kernel bug|SYN_DROPPED|client bug/i.test(line) && (device === undefined || own.has(device));
  });
}
