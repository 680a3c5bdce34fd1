// The parts of the page and where they stand.
const root = document.getElementById('app');

const search = make('input', { type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false' });
const hits = make('span', { id: 'hits', class: 'dim', role: 'status' });
const buttons = {
  language: make('button', { type: 'button', id: 'language', onclick: () => setLanguage(state.language === 'en' ? 'ru' : 'en') }),
  link: make('button', { type: 'button', id: 'link', onclick: copyLink }),
  help: make('button', { type: 'button', id: 'help', onclick: () => help.showModal() }),
  fail: make('button', { type: 'button', id: 'next-fail', onclick: () => stepTo(isBad, 1) }),
  zoomIn: make('button', { type: 'button', text: '+', onclick: () => zoom(0.5) }),
  zoomOut: make('button', { type: 'button', text: '−', onclick: () => zoom(2) }),
  fit: make('button', { type: 'button', text: '⤢', onclick: () => setWindow(wholeFrom, wholeTo) }),
};
const title = make('h1');
const filters = make('div', { class: 'filters', role: 'group' });
const lines = make('canvas', { id: 'lines', tabindex: '0', role: 'img' });
const overview = make('canvas', { id: 'overview', 'aria-hidden': 'true' });
const tip = make('div', { id: 'tip', hidden: '' });
const count = make('span', { id: 'count', role: 'status' });
const space = make('div', { id: 'space' });
const rows = make('div', { id: 'rows', tabindex: '0', role: 'listbox' }, space);
const detailsName = make('span');
const details = make('div', { id: 'details', tabindex: '0', role: 'region' });
const help = make('dialog', { id: 'keys' });
const trouble = make('input', { type: 'checkbox', id: 'trouble', onchange: () => { state.trouble = trouble.checked; refilter(); } });
const inWindow = make('input', { type: 'checkbox', id: 'in-window', onchange: () => { state.window = inWindow.checked; refilter(); } });
root.append(
  make('header', {}, title, make('div', { class: 'tools' }, search, hits, buttons.fail, buttons.link, buttons.help, buttons.language)),
  filters,
  make('div', { class: 'timeline' }, lines, overview, make('div', { class: 'zoom' }, buttons.zoomIn, buttons.zoomOut, buttons.fit), tip),
  make('main', { class: 'panes' }, make('section', { class: 'list' }, make('div', { class: 'list-head' }, count), rows), make('section', { class: 'details' }, make('div', { class: 'details-head' }, detailsName, make('button', { type: 'button', id: 'overall', onclick: () => choose(-1) })), details)),
  help,
);
