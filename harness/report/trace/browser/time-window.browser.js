// The part of the time that is shown.
function setWindow(from, to, redraw = true) {
  const span = Math.min(wholeTo - wholeFrom, Math.max(0.5, to - from));
  const start = Math.max(wholeFrom, Math.min(from, wholeTo - span));
  state.from = start;
  state.to = start + span;
  if (!redraw) return;
  if (state.window) refilter();
  else drawTime();
}
function zoom(factor, around = items[state.chosen]?.[T] ?? (state.from + state.to) / 2) {
  const middle = around < state.from || around > state.to ? (state.from + state.to) / 2 : around;
  setWindow(middle - (middle - state.from) * factor, middle + (state.to - middle) * factor);
}

lines.addEventListener('wheel', (event) => {
  event.preventDefault();
  const { width } = lines.getBoundingClientRect();
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    const by = ((event.deltaX || event.deltaY) / width) * (state.to - state.from);
    setWindow(state.from + by, state.to + by);
  } else zoom(event.deltaY > 0 ? 1.25 : 0.8, tOf(event.offsetX, width));
}, { passive: false });
