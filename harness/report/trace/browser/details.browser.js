// The chosen event, or the facts of the cell when none is.
function choose(index, keep = true) {
  state.chosen = index;
  if (index >= 0) {
    scrollToRow(index);
    const item = items[index];
    const end = item[T] + Math.max(0, item[TOOK] ?? 0);
    if (end < state.from || item[T] > state.to) setWindow(item[T] - (state.to - state.from) / 2, item[T] + (state.to - state.from) / 2, false);
  }
  drawDetails();
  drawRows();
  drawTime();
  if (keep) writeHash();
}
function marked(text) {
  const needle = state.search.trim().toLowerCase();
  const element = make('pre', { lang: 'en', tabindex: '0' });
  if (needle === '') {
    element.textContent = text;
    return element;
  }
  const low = text.toLowerCase();
  let at = 0;
  for (let found = low.indexOf(needle), times = 0; found >= 0 && times < 500; found = low.indexOf(needle, at), times += 1) {
    element.append(text.slice(at, found), make('mark', { text: text.slice(found, found + needle.length) }));
    at = found + needle.length;
  }
  element.append(text.slice(at));
  return element;
}
function part(name, text) {
  return make('div', { class: `part part-${name}` }, make('h3', { text: words.part[name] ?? name }), marked(text));
}
function drawDetails() {
  const item = items[state.chosen];
  document.getElementById('overall').hidden = !item;
  if (!item) {
    const losses = data.losses.map(([kind, what, n]) => make('li', { text: fill(words.loss[kind] ?? '{what}', n ?? '', { what }) }));
    details.replaceChildren(make('dl', {}, ...data.facts.flatMap(([name, value]) => [make('dt', { text: words.fact[name] ?? name }), make('dd', { lang: 'en', text: value })])), ...(losses.length > 0 ? [make('h3', { class: 'title', text: words.losses }), make('ul', { class: 'losses' }, ...losses)] : []), make('p', { class: 'dim', text: items.length === 0 ? words.empty : words.nothingChosen }));
    return;
  }
  const lane = lanes[item[LANE]];
  const badge = make('span', { class: 'badge' });
  badge.style.setProperty('--tone', `var(--${item[STATE] === 'bad' ? 'bad' : lane})`);
  const attempt = data.attempts.findLast(([, t]) => t <= item[T] + 1);
  const about = [words.lane[lane], `${words.at} ${seconds(item[T])} ${words.s}`, item[TOOK] === null ? '' : item[TOOK] < 0 ? words.never : `${words.took} ${took(item[TOOK])}`, `${words.clock} ${new Date(data.start + item[T]).toISOString().slice(11, 23)} UTC`, attempt && data.attempts.length > 1 ? fill(words.attempt, attempt[0]) : ''];
  const parts = item[PARTS].map(([name, text]) => [name, name === 'from' ? (words.from[text] ?? text) : text]);
  const sides = parts.filter(([name]) => name === 'expected' || name === 'actual');
  details.replaceChildren(
    make('h2', {}, badge, make('span', { lang: 'en', text: textOf(item) })),
    make('p', { class: 'about', text: about.filter((word) => word !== '').join(' · ') }),
    ...parts.filter(([name]) => !sides.some(([side]) => side === name)).slice(0, 2).map(([name, text]) => part(name, text)),
    ...(sides.length > 0 ? [make('div', { class: 'pair' }, ...sides.map(([name, text]) => part(name, text)))] : []),
    ...parts.filter(([name]) => !sides.some(([side]) => side === name)).slice(2).map(([name, text]) => part(name, text)),
    ...(item[PICTURE] === null ? [] : [make('img', { src: data.pictures[item[PICTURE]], alt: words.screen })]),
    ...(item[PARTS].length === 0 && item[PICTURE] === null ? [part('text', item[TEXT])] : []),
  );
  details.scrollTop = 0;
}
