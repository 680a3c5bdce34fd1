// The list of events: only rows that can be seen are in the page.
const rowHeight = 24;

function drawRows() {
  space.style.height = `${state.shown.length * rowHeight}px`;
  const first = Math.max(0, Math.floor(rows.scrollTop / rowHeight) - 4);
  const end = Math.min(state.shown.length, first + Math.ceil(rows.clientHeight / rowHeight) + 9);
  const hit = new Set(state.hits);
  const made = [];
  for (let place = first; place < end; place += 1) {
    const index = state.shown[place];
    const item = items[index];
    const lane = lanes[item[LANE]];
    const row = make('div', { class: `row lane-${lane} ${item[STATE]}${hit.has(index) ? ' hit' : ''}${index === state.chosen ? ' chosen' : ''}`, role: 'option', id: `row-${index}`, 'aria-selected': String(index === state.chosen), 'aria-posinset': String(place + 1), 'aria-setsize': String(state.shown.length), onclick: () => choose(index) },
      make('span', { class: 't', text: seconds(item[T]) }), make('span', { class: 'lane', text: words.lane[lane] }), make('span', { class: 'text', lang: lane === 'phase' ? undefined : 'en', text: textOf(item) }), make('span', { class: 'took', text: item[TOOK] === null ? '' : item[TOOK] < 0 ? words.never : took(item[TOOK]) }));
    row.style.top = `${place * rowHeight}px`;
    row.style.setProperty('--tone', `var(--${item[STATE] === 'bad' ? 'bad' : lane})`);
    made.push(row);
  }
  if (state.shown.length === 0) made.push(make('p', { class: 'nothing', text: items.length === 0 ? words.empty : words.nothingHere }));
  space.replaceChildren(...made);
  rows.setAttribute('aria-activedescendant', state.chosen >= 0 ? `row-${state.chosen}` : '');
}
rows.addEventListener('scroll', () => drawRows(), { passive: true });

function scrollToRow(index) {
  const place = placeOf(index);
  const top = place * rowHeight;
  if (top < rows.scrollTop || top + rowHeight > rows.scrollTop + rows.clientHeight) rows.scrollTop = Math.max(0, top - rows.clientHeight / 2);
}
