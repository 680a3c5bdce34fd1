// Search in everything that is shown.
function find(go) {
  const needle = state.search.trim().toLowerCase();
  state.hits = needle === '' ? [] : state.shown.filter((index) => haystack[index].includes(needle));
  showHits();
  if (go && state.hits.length > 0) choose(state.hits.find((index) => index >= state.chosen) ?? state.hits[0]);
  drawRows();
  drawTime();
}
function showHits() {
  hits.textContent = state.search.trim() === '' ? '' : state.hits.length === 0 ? words.noHits : fill(words.hits, state.hits.length);
}
let typing;
search.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    state.search = search.value;
    find(true);
  }, items.length > 5000 ? 150 : 0);
});
search.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') {
    event.preventDefault();
    const from = state.chosen;
    const next = event.shiftKey ? state.hits.findLast((index) => index < from) ?? state.hits.at(-1) : state.hits.find((index) => index > from) ?? state.hits[0];
    if (next !== undefined) choose(next);
  } else if (event.key === 'Escape') {
    search.value = '';
    state.search = '';
    find(false);
    rows.focus();
  }
});
