// Which events are shown.
function drawFilters() {
  const used = lanes.map((_, index) => items.filter((item) => item[LANE] === index).length);
  filters.replaceChildren(
    ...lanes.flatMap((lane, index) => {
      if (used[index] === 0) return [];
      const button = make('button', { type: 'button', 'data-lane': lane, 'aria-pressed': String(!state.off.has(index)), text: `${words.lane[lane]} ${used[index]}`, onclick: () => toggleLane(index) });
      button.style.setProperty('--tone', `var(--${lane})`);
      return [button];
    }),
    make('label', {}, trouble, words.trouble),
    make('label', {}, inWindow, words.window),
  );
}

function toggleLane(index) {
  if (state.off.has(index)) state.off.delete(index);
  else state.off.add(index);
  drawFilters();
  refilter();
}

function refilter() {
  state.shown = [];
  items.forEach((item, index) => {
    if (state.off.has(item[LANE]) || (state.trouble && !isBad(index))) return;
    if (state.window && (item[T] > state.to || item[T] + Math.max(0, item[TOOK] ?? 0) < state.from)) return;
    state.shown.push(index);
  });
  count.textContent = fill(words.shown, state.shown.length, { m: items.length });
  find(false);
  drawRows();
  drawTime();
}
