import { deviceWord } from '../../db/cell-device.ts';
import type { CellId, Result } from '../../db/generated/result.ts';
import { stateOfCell, stateOfTest, states, type State } from '../night-counts.ts';
import { html, type Html } from './html.ts';
import { stateIcon } from './icons.ts';
import { deviceNameOf, machineNameOf, nameOf, searchWords, type PageContext } from './page-context.ts';

/** With more columns than this there is no room for a mark a test, or for its name. */
const columnsWithStrips = 4;
const columnsWithNames = 2;

/** Models grouped by class down, image and machine across. */
export function matrixSection(context: PageContext): Html {
  const { texts, view } = context;
  const cells = allCells(context);
  const columns = [...new Map(cells.map((cell) => [columnOf(cell), cell])).values()].sort((a, b) => a.image.localeCompare(b.image, 'en', { numeric: true }) || a.machine.localeCompare(b.machine));
  const bySuite = Map.groupBy(cells, (cell) => cell.suite);
  const results = new Map(view.summary.results.map((result) => [result.cell.id, result]));
  const images = Map.groupBy(columns, (cell) => cell.image);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${texts.section.matrix}"><table class="matrix${columns.length <= columnsWithNames ? ' named-cells' : columns.length <= columnsWithStrips ? ' wide-cells' : ''}"><caption class="visually-hidden">${texts.matrixCaption}</caption>
<thead><tr><th scope="col" rowspan="2" class="corner">${texts.model}</th>${[...images].map(([image, group]) => html`<th scope="colgroup" colspan="${group.length}" class="image" lang="en">${nameOf(image, context)}</th>`)}</tr><tr>${columns.map((cell) => html`<th scope="col" class="machine" lang="en">${machineNameOf(cell, context)}</th>`)}</tr></thead>
${[...bySuite].sort(([a], [b]) => a.localeCompare(b)).map(([suite, group]) => suiteRows(suite, group, columns, results, context))}</table></div>
${legend(context)}`;
}

function allCells(context: PageContext): CellId[] {
  const { night, results } = context.view.summary;
  return [...new Map([...night.cells, ...results.map((result) => result.cell)].map((cell) => [cell.id, cell])).values()];
}

function columnOf(cell: CellId): string {
  return JSON.stringify([cell.image, cell.machine, cell.transport]);
}

function suiteRows(suite: string, cells: readonly CellId[], columns: readonly CellId[], results: ReadonlyMap<string, Result>, context: PageContext): Html {
  const models = [...Map.groupBy(cells, deviceWord).values()].map((group) => ({ name: deviceNameOf(group[0] as CellId, context), group })).sort((a, b) => a.name.localeCompare(b.name));
  const row = ({ name, group }: { readonly name: string; readonly group: readonly CellId[] }): Html => {
    const byColumn = new Map(group.map((cell) => [columnOf(cell), cell]));
    const troubled = group.some((cell) => isTrouble(stateIn(results.get(cell.id))));
    return html`<tr class="item" data-words="${searchWords(group[0] ?? columns[0]!, context, ...group.map((cell) => `${cell.id} ${context.texts.state[stateIn(results.get(cell.id))]}`))}"${troubled ? html` data-trouble` : ''}><th scope="row" lang="en">${name}</th>${columns.map((column) => matrixCell(byColumn.get(columnOf(column)), results, columns.length, context))}</tr>
`;
  };
  return html`<tbody><tr class="suite"><th scope="rowgroup" colspan="${columns.length + 1}" lang="en">${nameOf(suite, context)}</th></tr>
${models.map(row)}</tbody>`;
}

function stateIn(result: Result | undefined): State {
  return result ? stateOfCell(result) : 'NOT-RUN';
}

export function isTrouble(state: State): boolean {
  return state !== 'PASS' && state !== 'DONE' && state !== 'SKIP' && state !== 'TRIAL';
}

function matrixCell(cell: CellId | undefined, results: ReadonlyMap<string, Result>, columns: number, context: PageContext): Html {
  const { texts } = context;
  if (!cell) return html`<td class="no-cell"><span class="visually-hidden">${texts.noCell}</span></td>`;
  const result = results.get(cell.id);
  const state = stateIn(result);
  const anchor = context.anchors.get(cell.id);
  const inner = html`${stateIcon(state)}<span class="cell-text">${cellText(result, state, context)}</span>${!result || columns > columnsWithStrips ? '' : columns > columnsWithNames ? strip(result) : testNames(result)}`;
  return html`<td class="cell s-${state}">${anchor === undefined ? html`<span class="cell-inner" title="${texts.stateLong[state]}">${inner}</span>` : html`<a class="cell-inner" href="#cell-${anchor}" title="${texts.state[state]}: ${texts.stateLong[state]}">${inner}</a>`}</td>`;
}

/** The word of a state that is not a pass, and how many tests were good. */
function cellText(result: Result | undefined, state: State, context: PageContext): Html {
  const { texts } = context;
  const judged = result?.tests.filter((test) => test.outcome !== 'SKIP') ?? [];
  const good = judged.filter((test) => test.outcome === 'PASS' || test.outcome === 'DONE').length;
  if (state === 'PASS' || state === 'DONE') return html`<span class="visually-hidden">${texts.state[state]}, </span>${judged.length === 0 ? texts.state[state] : `${good}/${judged.length}`}`;
  if (judged.length === 0 || good === 0) return html`${texts.state[state]}`;
  return html`${texts.state[state]} <span class="ratio">${good}/${judged.length}</span>`;
}

/** One small mark a test, in their order; decoration, the numbers say the same. */
function strip(result: Result): Html {
  return html`<span class="strip" aria-hidden="true">${result.tests.slice(0, 40).map((test) => html`<i class="s-${stateOfTest(test)}"></i>`)}</span>`;
}

/** Where there is room, the last word of each test's feature; decoration too. */
function testNames(result: Result): Html {
  return html`<span class="test-names" aria-hidden="true">${result.tests.slice(0, 40).map((test) => html`<span class="s-${stateOfTest(test)}">${stateIcon(stateOfTest(test))} ${test.feature.split('.').slice(1).join('.') || test.feature}</span>`)}</span>`;
}

function legend(context: PageContext): Html {
  const { texts, view } = context;
  const seen = states.filter((state) => view.counts.cells[state] > 0 || view.counts.tests[state] > 0);
  return html`<ul class="legend">${seen.map((state) => html`<li><span class="state s-${state}">${stateIcon(state)} ${texts.state[state]}</span> <span class="dim">${texts.stateLong[state]}</span></li>`)}</ul>`;
}
