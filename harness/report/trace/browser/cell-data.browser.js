// What is shown and the state of the page. Nothing here knows how it looks.
const data = JSON.parse(document.getElementById('data').textContent);
const { items, lanes, texts } = data;
const LANE = 0, T = 1, TOOK = 2, TEXT = 3, STATE = 4, PARTS = 5, PICTURE = 6;

const last = items.reduce((most, item) => Math.max(most, item[T] + Math.max(0, item[TOOK] ?? 0)), 1);
const wholeFrom = -last * 0.01, wholeTo = last * 1.01;
const haystack = items.map((item) => [item[TEXT], ...item[PARTS].map(([, text]) => text)].join('\n').toLowerCase());

const state = { language: 'en', from: wholeFrom, to: wholeTo, off: new Set(), trouble: false, window: false, search: '', hits: [], chosen: -1, shown: [] };
let words = texts.en;

const isBad = (index) => items[index][STATE] === 'bad' || items[index][STATE] === 'warn';

/** Where in the shown list an item is, or the first one behind it. */
function placeOf(index) {
  let low = 0, high = state.shown.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (state.shown[middle] < index) low = middle + 1;
    else high = middle;
  }
  return low;
}
