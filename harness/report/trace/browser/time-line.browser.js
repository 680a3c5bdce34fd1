// The time line: a row for each lane.
const laneHeight = 15, axis = 20, left = 96;
const usedLanes = lanes.map((_, index) => index).filter((index) => items.some((item) => item[LANE] === index));
function size(canvas, height) {
  const scale = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  canvas.style.height = `${height}px`;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
}
const margin = () => (lines.clientWidth < 560 ? 8 : left);
const xOf = (t, width) => margin() + ((t - state.from) / (state.to - state.from)) * (width - margin());
const tOf = (x, width) => state.from + ((x - margin()) / (width - margin())) * (state.to - state.from);

function drawTime() {
  const tone = Object.fromEntries(['ink', 'dim', 'rule', 'rule-strong', 'paper', 'sunken', 'bad', 'warn', 'focus', 'hit', ...lanes].map((name) => [name, toneOf(name)]));
  const visible = usedLanes.filter((index) => !state.off.has(index));
  const { pen, width, height } = size(lines, axis + visible.length * laneHeight + 4);
  const span = state.to - state.from;
  const step = [1, 2, 5].flatMap((digit) => [-2, -1, 0, 1, 2, 3, 4, 5, 6, 7].map((power) => digit * 10 ** power)).sort((a, b) => a - b).find((each) => (each / span) * width > 78) ?? span;
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  for (let t = Math.ceil(state.from / step) * step; t <= state.to; t += step) {
    const x = xOf(t, width);
    pen.fillStyle = tone.rule;
    pen.fillRect(x, 0, 1, height);
    pen.fillStyle = tone.dim;
    pen.fillText(`${(t / 1000).toFixed(step < 10 ? 3 : step < 100 ? 2 : step < 1000 ? 1 : 0)} ${words.s}`, x + 3, axis / 2);
  }
  const hit = state.hits.length > 0 ? new Set(state.hits) : undefined;
  visible.forEach((lane, row) => {
    const y = axis + row * laneHeight;
    const name = lanes[lane];
    const busy = new Uint8Array(Math.ceil(width) + 2);
    for (const index of state.shown) {
      const item = items[index];
      if (item[LANE] !== lane) continue;
      const open = item[TOOK] !== null && item[TOOK] < 0;
      const end = open ? last : item[T] + (item[TOOK] ?? 0);
      if (end < state.from || item[T] > state.to) continue;
      const x = Math.max(margin(), xOf(item[T], width));
      const wide = Math.max(2, Math.min(width, xOf(end, width)) - x);
      const bad = item[STATE] === 'bad' ? 2 : item[STATE] === 'warn' ? 1 : 0;
      const found = hit?.has(index) ?? false;
      // Points that fall on one pixel are drawn once; trouble is drawn over what is well.
      const place = Math.floor(x);
      const rank = 1 + bad + (found ? 3 : 0);
      if (wide <= 2 && (busy[place] ?? 0) >= rank) continue;
      busy[place] = rank;
      pen.globalAlpha = hit && !found ? 0.25 : wide > 2 ? 0.8 : 0.9;
      pen.fillStyle = bad === 2 ? tone.bad : bad === 1 && wide <= 2 ? tone.warn : tone[name];
      pen.fillRect(x, y + 2, wide, laneHeight - 4);
      if (wide > 60 && (name === 'test' || name === 'phase' || name === 'command' || name === 'exchange')) {
        pen.save();
        pen.beginPath();
        pen.rect(x, y, wide - 4, laneHeight);
        pen.clip();
        pen.globalAlpha = 1;
        pen.fillStyle = tone.paper;
        pen.font = '10px system-ui, sans-serif';
        pen.fillText(textOf(item), x + 4, y + laneHeight / 2);
        pen.font = '11px system-ui, sans-serif';
        pen.restore();
      }
    }
    pen.globalAlpha = 1;
    if (margin() === left) {
      pen.fillStyle = tone.sunken;
      pen.fillRect(0, y, left - 2, laneHeight);
      pen.fillStyle = tone.dim;
      const label = words.lane[name];
      pen.fillText(label.length > 15 ? `${label.slice(0, 14)}…` : label, 12, y + laneHeight / 2);
    }
  });
  for (const [number, t] of data.attempts) {
    if (data.attempts.length < 2 || t < state.from || t > state.to) continue;
    pen.fillStyle = tone['rule-strong'];
    pen.fillRect(xOf(t, width), 0, 2, height);
    pen.fillText(fill(words.attempt, number), xOf(t, width) + 5, height - 6);
  }
  const chosen = items[state.chosen];
  if (chosen && chosen[T] >= state.from && chosen[T] <= state.to) {
    pen.fillStyle = tone.focus;
    pen.fillRect(xOf(chosen[T], width) - 1, 0, 2, height);
  }
  drawOverview(tone);
}
