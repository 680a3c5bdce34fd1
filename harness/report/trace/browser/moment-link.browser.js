// A link to a moment, an event or a test.
function writeHash() {
  const item = items[state.chosen];
  const hash = `#${item ? `t=${(item[T] / 1000).toFixed(3)}&e=${state.chosen}&` : ''}lang=${state.language}`;
  if (hash !== location.hash) history.replaceState(null, '', hash);
}
function readHash() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const language = asked.get('lang') ?? (navigator.language.startsWith('ru') ? 'ru' : 'en');
  const e = Number(asked.get('e') ?? NaN), t = Number(asked.get('t') ?? NaN) * 1000;
  let index = -1;
  if (Number.isFinite(t)) {
    // The number of an event counts only where it is at that moment; else the nearest one is meant.
    if (Number.isInteger(e) && items[e] && Math.abs(items[e][T] - t) < 2) index = e;
    else items.forEach((item, place) => { if (index < 0 || Math.abs(item[T] - t) < Math.abs(items[index][T] - t)) index = place; });
  } else if (asked.has('test')) {
    const named = items.map((item, place) => place).filter((place) => lanes[items[place][LANE]] === 'test' && items[place][TEXT] === asked.get('test').slice(0, 600));
    index = named.find((place) => items[place][STATE] === 'bad') ?? named[0] ?? -1;
  }
  state.chosen = index;
  if (index >= 0 && state.off.has(items[index][LANE])) state.off.delete(items[index][LANE]);
  setLanguage(language === 'ru' ? 'ru' : 'en', false);
  if (index >= 0 && Number.isFinite(t)) setWindow(items[index][T] - last * 0.1, items[index][T] + last * 0.1);
  if (index >= 0) scrollToRow(index);
  drawRows();
}
async function copyLink() {
  writeHash();
  try {
    await navigator.clipboard.writeText(location.href);
  } catch {
    // A page from a file may not write there: the address bar has the link all the same.
  }
  buttons.link.textContent = words.copied;
  setTimeout(() => { buttons.link.textContent = words.link; }, 1500);
}
