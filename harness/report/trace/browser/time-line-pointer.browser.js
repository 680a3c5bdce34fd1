// What a pointer does on the time line: it tells, chooses, moves, and marks a part on the axis.
/** The item at a place of the time line, the nearest within 6 pixels. */
function itemAt(x, y) {
  const visible = usedLanes.filter((index) => !state.off.has(index));
  const lane = visible[Math.floor((y - axis) / laneHeight)];
  if (lane === undefined || y < axis) return -1;
  const width = lines.clientWidth;
  let best = -1, distance = 7;
  for (const index of state.shown) {
    const item = items[index];
    if (item[LANE] !== lane) continue;
    const from = xOf(item[T], width), to = xOf(item[T] + Math.max(0, item[TOOK] ?? 0), width);
    const away = x < from ? from - x : x > to ? x - to : 0;
    if (away < distance || (away === 0 && distance === 0 && best >= 0 && (item[TOOK] ?? 0) < (items[best][TOOK] ?? 0))) [best, distance] = [index, away];
  }
  return best;
}
let drag;
lines.addEventListener('pointerdown', (event) => {
  lines.setPointerCapture(event.pointerId);
  drag = { x: event.offsetX, from: state.from, to: state.to, axis: event.offsetY < axis, moved: false };
});
lines.addEventListener('pointermove', (event) => {
  const width = lines.clientWidth;
  if (!drag) {
    const index = itemAt(event.offsetX, event.offsetY);
    tip.hidden = index < 0;
    if (index < 0) return;
    tip.textContent = `${seconds(items[index][T])} ${words.s}  ${textOf(items[index])}`.slice(0, 200);
    tip.style.left = `${Math.min(event.offsetX + 12, Math.max(0, width - tip.offsetWidth - 8))}px`;
    tip.style.top = `${event.offsetY + 16}px`;
    return;
  }
  if (Math.abs(event.offsetX - drag.x) > 3) drag.moved = true;
  if (!drag.moved) return;
  if (drag.axis) {
    const [a, b] = [drag.x, event.offsetX].sort((one, two) => one - two);
    const { pen, height } = { pen: lines.getContext('2d'), height: lines.clientHeight };
    drawTime();
    pen.globalAlpha = 0.2;
    pen.fillStyle = toneOf('focus');
    pen.fillRect(a, 0, b - a, height);
    pen.globalAlpha = 1;
  } else {
    const by = ((drag.x - event.offsetX) / (width - margin())) * (drag.to - drag.from);
    setWindow(drag.from + by, drag.to + by);
  }
});
lines.addEventListener('pointerup', (event) => {
  const was = drag;
  drag = undefined;
  if (!was) return;
  if (was.moved && was.axis) {
    const width = lines.clientWidth;
    const [a, b] = [was.x, event.offsetX].sort((one, two) => one - two);
    setWindow(tOf(a, width), tOf(b, width));
  } else if (!was.moved) {
    const index = itemAt(event.offsetX, event.offsetY);
    if (index >= 0) choose(index);
  }
});
lines.addEventListener('pointerleave', () => { tip.hidden = true; });
