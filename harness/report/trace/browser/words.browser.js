// The language of the page.
function setLanguage(language, keep = true) {
  state.language = language;
  words = texts[language];
  document.documentElement.lang = language;
  document.title = `${words.title}: ${data.cell}`;
  title.replaceChildren(...(data.outcome ? [make('span', { class: `outcome ${data.outcome === 'PASS' ? 'PASS' : ''}`, text: data.outcome })] : []), make('span', { lang: 'en', text: data.cell }), ...(data.result ? [make('span', { class: 'dim', lang: 'en', text: ` ${data.result}` })] : []));
  search.placeholder = words.searchHint;
  search.setAttribute('aria-label', words.search);
  buttons.language.textContent = words.otherLanguage;
  buttons.language.lang = language === 'en' ? 'ru' : 'en';
  buttons.link.textContent = words.link;
  buttons.help.textContent = `${words.help} ?`;
  buttons.fail.textContent = words.nextFail;
  for (const [name, word] of [['zoomIn', 'zoomIn'], ['zoomOut', 'zoomOut'], ['fit', 'fit']]) {
    buttons[name].title = words[word];
    buttons[name].setAttribute('aria-label', words[word]);
  }
  filters.setAttribute('aria-label', words.lanes);
  rows.setAttribute('aria-label', words.list);
  lines.setAttribute('aria-label', words.timeline);
  details.setAttribute('aria-label', words.details);
  detailsName.textContent = words.details;
  document.getElementById('overall').textContent = words.facts;
  help.replaceChildren(make('h2', { text: words.help }), make('dl', {}, ...words.keys.flatMap(([key, what]) => [make('dt', {}, make('kbd', { text: key })), make('dd', { text: what })])), make('button', { type: 'button', text: words.close, onclick: () => help.close() }));
  drawFilters();
  refilter();
  showHits();
  choose(state.chosen, false);
  if (keep) writeHash();
}
