// All of the time, and which part of it the time line shows.
function drawOverview(tone) {
  const { pen, width, height } = size(overview, 26);
  const x = (t) => margin() + ((t - wholeFrom) / (wholeTo - wholeFrom)) * (width - margin());
  const columns = new Float32Array(Math.ceil(width) + 1);
  const bad = new Uint8Array(Math.ceil(width) + 1);
  for (const index of state.shown) {
    const place = Math.floor(x(items[index][T]));
    columns[place] += 1;
    if (items[index][STATE] === 'bad') bad[place] = 1;
  }
  const most = Math.log1p(columns.reduce((a, b) => Math.max(a, b), 1));
  for (let place = 0; place < columns.length; place += 1) {
    if (columns[place] === 0) continue;
    const tall = 3 + (Math.log1p(columns[place]) / most) * (height - 6);
    pen.fillStyle = bad[place] ? tone.bad : tone['rule-strong'];
    pen.fillRect(place, height - tall, bad[place] ? 2 : 1, tall);
  }
  pen.globalAlpha = 0.18;
  pen.fillStyle = tone.focus;
  pen.fillRect(x(state.from), 0, Math.max(3, x(state.to) - x(state.from)), height);
  pen.globalAlpha = 1;
  pen.fillRect(x(state.from), 0, 1, height);
  pen.fillRect(x(state.to) - 1, 0, 1, height);
}

const panTo = (event) => {
  const width = overview.clientWidth;
  const t = wholeFrom + ((event.offsetX - margin()) / (width - margin())) * (wholeTo - wholeFrom);
  const half = (state.to - state.from) / 2;
  setWindow(t - half, t + half);
};
overview.addEventListener('pointerdown', (event) => {
  overview.setPointerCapture(event.pointerId);
  panTo(event);
});
overview.addEventListener('pointermove', (event) => { if (event.buttons) panTo(event); });
