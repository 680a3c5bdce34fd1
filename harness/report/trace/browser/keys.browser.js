// The keys of the page.
function stepTo(wanted, by) {
  const { shown } = state;
  const place = placeOf(state.chosen < 0 && by > 0 ? 0 : state.chosen);
  for (let at = state.chosen < 0 && by > 0 ? 0 : shown[place] === state.chosen ? place + by : by > 0 ? place : place - 1; at >= 0 && at < shown.length; at += by) {
    if (wanted(shown[at])) {
      choose(shown[at]);
      return;
    }
  }
}
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.target === search) return;
  const { key } = event;
  const span = state.to - state.from;
  const page = Math.max(1, Math.floor(rows.clientHeight / rowHeight) - 1);
  const jump = (by) => {
    const place = Math.min(state.shown.length - 1, Math.max(0, placeOf(state.chosen) + by));
    if (state.shown[place] !== undefined) choose(state.shown[place]);
  };
  const inDetails = event.target === details || details.contains(event.target);
  if (inDetails && ['ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'PageDown', 'PageUp', 'Home', 'End'].includes(key)) return;
  const actions = {
    '/': () => search.focus(), j: () => stepTo(() => true, 1), k: () => stepTo(() => true, -1), ArrowDown: () => stepTo(() => true, 1), ArrowUp: () => stepTo(() => true, -1), PageDown: () => jump(page), PageUp: () => jump(-page), Home: () => jump(-items.length), End: () => jump(items.length),
    f: () => stepTo(isBad, 1), F: () => stepTo(isBad, -1), ArrowLeft: () => setWindow(state.from - span * 0.2, state.to - span * 0.2), ArrowRight: () => setWindow(state.from + span * 0.2, state.to + span * 0.2), '+': () => zoom(0.5), '=': () => zoom(0.5), '-': () => zoom(2), 0: () => setWindow(wholeFrom, wholeTo),
    z: () => { const item = items[state.chosen]; if (item) { const around = Math.max(50, Math.max(0, item[TOOK] ?? 0)); setWindow(item[T] - around * 0.3, item[T] + around * 1.3); } },
    c: copyLink, '?': () => help.showModal(), Escape: () => { choose(-1); },
  };
  const lane = /^[1-9]$/.test(key) ? usedLanes[Number(key) - 1] : undefined;
  if (lane !== undefined) toggleLane(lane);
  else if (Object.hasOwn(actions, key)) actions[key]();
  else return;
  event.preventDefault();
});
