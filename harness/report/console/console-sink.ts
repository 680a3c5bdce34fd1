import { deviceWord } from '../../db/cell-device.ts';
import type { TypedEvents } from '../../base/typed-events.ts';
import { stateOfCell } from '../night-counts.ts';
import type { NightEvents, WrittenReport } from '../night-events.ts';
import { firstLine } from '../night-view.ts';
import { english } from '../page/text-en.ts';
import { LiveLines } from './live-lines.ts';
import { NightProgress } from './night-progress.ts';
import { coloursWanted, oneLine, paint, spokenSeconds } from './paint.ts';
import { summaryJson } from './summary-json.ts';
import { summaryText } from './summary-text.ts';

export interface ConsoleOptions {
  /** One JSON object at the end instead of the summary; progress goes on beside it. */
  readonly json?: boolean;
  /** The summary goes here; standard output by default. */
  readonly out?: ConsoleStream;
  /** Progress goes here; standard error by default, so that output can be piped. */
  readonly progress?: ConsoleStream;
  readonly environment?: NodeJS.ProcessEnv;
  /** Milliseconds, rising. */
  readonly now?: () => number;
}

export interface ConsoleStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const repaintEvery = 1000;
const heartbeatEvery = 30_000;

/**
 * Tells a person what a night is doing: live lines on a terminal, plain lines elsewhere, and the summary at the end.
 * Attach it after the file reports, whose places its summary names. The timer it holds ends with the night; `stop` ends it when the night never ends.
 */
export function attachConsole(events: TypedEvents<NightEvents>, options: ConsoleOptions = {}): { stop(): void } {
  const out = options.out ?? process.stdout;
  const progress = options.progress ?? process.stderr;
  const environment = options.environment ?? process.env;
  const now = options.now ?? (() => performance.now());
  const terminal = progress.isTTY === true && environment['TERM'] !== 'dumb' && !environment['CI'];
  const colour = paint(coloursWanted(progress.isTTY === true, environment));
  const state = new NightProgress(now);
  const live = new LiveLines((text) => progress.write(text), () => progress.columns ?? 80);
  const reports: WrittenReport[] = [];
  let saidAt = now();
  let ended = false;

  const repaint = (): void => {
    if (terminal && !ended) live.show(state.lines());
  };
  const say = (line: string): void => {
    saidAt = now();
    if (terminal && !ended) live.keep(line, state.lines());
    else progress.write(`${line}\n`);
  };
  const timer = setInterval(() => {
    if (terminal) repaint();
    else if (now() - saidAt >= heartbeatEvery) say(`still at work: ${state.heartbeat()}`);
  }, repaintEvery);
  timer.unref();
  const stop = (): void => {
    clearInterval(timer);
    if (terminal && !ended) live.clear();
    ended = true;
  };

  events.on('preparing', (event) => {
    state.preparing(event);
    if (terminal) repaint();
    else say(oneLine(event.step));
  });
  events.on('night-started', (event) => {
    state.started(event);
    const { night } = event;
    say(`night ${night.id}: ${night.cells.length} cells, ${night.slots} at a time, about ${spokenSeconds(event.estimateSeconds).replace('.0 ', ' ')}${night.resumed ? '; goes on where it was cut off' : ''}`);
  });
  events.on('cell-started', (event) => {
    state.cellStarted(event);
    repaint();
  });
  events.on('cell-phase', (event) => {
    state.cellPhase(event);
    repaint();
  });
  events.on('test-started', (event) => {
    state.testStarted(event);
    repaint();
  });
  events.on('cell-finished', (event) => {
    state.cellFinished(event);
    const { result, done, total, secondsLeft } = event;
    const cellState = stateOfCell(result);
    const judged = result.tests.filter((test) => test.outcome !== 'SKIP');
    const good = judged.filter((test) => test.outcome === 'PASS' || test.outcome === 'DONE').length;
    const left = terminal || done >= total ? '' : `, about ${spokenSeconds(secondsLeft).replace('.0 ', ' ')} left`;
    const reason = result.reason ? ` · ${oneLine(`${result.reason.code}: ${firstLine(result.reason.message)}`, 120)}` : '';
    say(`${`[${done}/${total}]`.padStart(9)} ${colour.state(cellState, english.state[cellState].padEnd(10))} ${result.tests.length > 0 ? `${good}/${judged.length}` : '-/-'} ${oneLine(result.cell.suite)} ${oneLine(deviceWord(result.cell))} on ${oneLine(result.cell.image)} ${colour.dim(`${spokenSeconds((result.timings['total'] ?? 0) / 1000)}${left}`)}${reason}`);
  });
  events.on('warning', ({ message, advice }) => say(`${colour.state('ERROR', 'warning')}: ${oneLine(message, 400)}${advice ? `\n         ${oneLine(advice, 400)}` : ''}`));
  events.on('report-written', ({ report }) => void reports.push(report));
  events.on('night-finished', ({ summary }) => {
    stop();
    if (options.json) out.write(`${JSON.stringify(summaryJson(summary, reports), null, 2)}\n`);
    else out.write(`\n${summaryText(summary, reports, paint(coloursWanted(out.isTTY === true, environment)))}`);
  });
  return { stop };
}
