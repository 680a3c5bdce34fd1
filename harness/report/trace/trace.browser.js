// The trace of a cell. All of its data is text of a guest or a device: it is put into the page as text (textContent), never as HTML.
(() => {
  'use strict';
  const data = JSON.parse(document.getElementById('data').textContent);
  const { items, lanes, texts } = data;
  const LANE = 0, T = 1, TOOK = 2, TEXT = 3, STATE = 4, PARTS = 5, PICTURE = 6;
  const rowHeight = 24;
  const root = document.getElementById('app');
  const last = items.reduce((most, item) => Math.max(most, item[T] + Math.max(0, item[TOOK] ?? 0)), 1);
  const wholeFrom = -last * 0.01, wholeTo = last * 1.01;
  const haystack = items.map((item) => [item[TEXT], ...item[PARTS].map(([, text]) => text)].join('\n').toLowerCase());

  const state = { language: 'en', from: wholeFrom, to: wholeTo, off: new Set(), trouble: false, window: false, search: '', hits: [], chosen: -1, shown: [] };
  let words = texts.en;

  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name === 'class') element.className = value;
      else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
      else if (name === 'text') element.textContent = value;
      else if (value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }
  const fill = (template, n, more = {}) => template.replace('{n}', String(n)).replace('{m}', String(more.m ?? '')).replace('{what}', () => more.what ?? '');
  const seconds = (ms) => `${(ms / 1000).toFixed(3)}`;
  const took = (ms) => (ms < 1000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ${words.ms}` : `${(ms / 1000).toFixed(2)} ${words.s}`);
  const textOf = (item) => (lanes[item[LANE]] === 'phase' ? (words.phase[item[TEXT]] ?? item[TEXT]) : item[TEXT]);
  const toneOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // ---- the page's parts
  const search = make('input', { type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false' });
  const hits = make('span', { id: 'hits', class: 'dim', role: 'status' });
  const buttons = {
    language: make('button', { type: 'button', id: 'language', onclick: () => setLanguage(state.language === 'en' ? 'ru' : 'en') }),
    link: make('button', { type: 'button', id: 'link', onclick: copyLink }),
    help: make('button', { type: 'button', id: 'help', onclick: () => help.showModal() }),
    fail: make('button', { type: 'button', id: 'next-fail', onclick: () => stepTo(isBad, 1) }),
    zoomIn: make('button', { type: 'button', text: '+', onclick: () => zoom(0.5) }),
    zoomOut: make('button', { type: 'button', text: '−', onclick: () => zoom(2) }),
    fit: make('button', { type: 'button', text: '⤢', onclick: () => setWindow(wholeFrom, wholeTo) }),
  };
  const title = make('h1');
  const filters = make('div', { class: 'filters', role: 'group' });
  const lines = make('canvas', { id: 'lines', tabindex: '0', role: 'img' });
  const overview = make('canvas', { id: 'overview', 'aria-hidden': 'true' });
  const tip = make('div', { id: 'tip', hidden: '' });
  const count = make('span', { id: 'count', role: 'status' });
  const space = make('div', { id: 'space' });
  const rows = make('div', { id: 'rows', tabindex: '0', role: 'listbox' }, space);
  const detailsName = make('span');
  const details = make('div', { id: 'details', tabindex: '0', role: 'region' });
  const help = make('dialog', { id: 'keys' });
  const trouble = make('input', { type: 'checkbox', id: 'trouble', onchange: () => { state.trouble = trouble.checked; refilter(); } });
  const inWindow = make('input', { type: 'checkbox', id: 'in-window', onchange: () => { state.window = inWindow.checked; refilter(); } });
  root.append(
    make('header', {}, title, make('div', { class: 'tools' }, search, hits, buttons.fail, buttons.link, buttons.help, buttons.language)),
    filters,
    make('div', { class: 'timeline' }, lines, overview, make('div', { class: 'zoom' }, buttons.zoomIn, buttons.zoomOut, buttons.fit), tip),
    make('main', { class: 'panes' }, make('section', { class: 'list' }, make('div', { class: 'list-head' }, count), rows), make('section', { class: 'details' }, make('div', { class: 'details-head' }, detailsName, make('button', { type: 'button', id: 'overall', onclick: () => choose(-1) })), details)),
    help,
  );

  // ---- words
  function setLanguage(language, keep = true) {
    state.language = language;
    words = texts[language];
    document.documentElement.lang = language;
    document.title = `${words.title}: ${data.cell}`;
    title.replaceChildren(...(data.outcome ? [make('span', { class: `outcome ${data.outcome === 'PASS' ? 'PASS' : ''}`, text: data.outcome })] : []), make('span', { lang: 'en', text: data.cell }), ...(data.result ? [make('span', { class: 'dim', lang: 'en', text: ` ${data.result}` })] : []));
    search.placeholder = words.searchHint;
    search.setAttribute('aria-label', words.search);
    buttons.language.textContent = words.otherLanguage;
    buttons.language.lang = language === 'en' ? 'ru' : 'en';
    buttons.link.textContent = words.link;
    buttons.help.textContent = `${words.help} ?`;
    buttons.fail.textContent = words.nextFail;
    for (const [name, word] of [['zoomIn', 'zoomIn'], ['zoomOut', 'zoomOut'], ['fit', 'fit']]) {
      buttons[name].title = words[word];
      buttons[name].setAttribute('aria-label', words[word]);
    }
    filters.setAttribute('aria-label', words.lanes);
    rows.setAttribute('aria-label', words.list);
    lines.setAttribute('aria-label', words.timeline);
    details.setAttribute('aria-label', words.details);
    detailsName.textContent = words.details;
    document.getElementById('overall').textContent = words.facts;
    help.replaceChildren(make('h2', { text: words.help }), make('dl', {}, ...words.keys.flatMap(([key, what]) => [make('dt', {}, make('kbd', { text: key })), make('dd', { text: what })])), make('button', { type: 'button', text: words.close, onclick: () => help.close() }));
    drawFilters();
    refilter();
    showHits();
    choose(state.chosen, false);
    if (keep) writeHash();
  }

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

  // ---- what is shown
  const isBad = (index) => items[index][STATE] === 'bad' || items[index][STATE] === 'warn';
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

  // ---- search
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

  // ---- the list: only rows that can be seen are in the page
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

  // ---- one event
  function choose(index, keep = true) {
    state.chosen = index;
    if (index >= 0) {
      scrollToRow(index);
      const item = items[index];
      const end = item[T] + Math.max(0, item[TOOK] ?? 0);
      if (end < state.from || item[T] > state.to) setWindow(item[T] - (state.to - state.from) / 2, item[T] + (state.to - state.from) / 2, false);
    }
    drawDetails();
    drawRows();
    drawTime();
    if (keep) writeHash();
  }
  function marked(text) {
    const needle = state.search.trim().toLowerCase();
    const element = make('pre', { lang: 'en', tabindex: '0' });
    if (needle === '') {
      element.textContent = text;
      return element;
    }
    const low = text.toLowerCase();
    let at = 0;
    for (let found = low.indexOf(needle), times = 0; found >= 0 && times < 500; found = low.indexOf(needle, at), times += 1) {
      element.append(text.slice(at, found), make('mark', { text: text.slice(found, found + needle.length) }));
      at = found + needle.length;
    }
    element.append(text.slice(at));
    return element;
  }
  function part(name, text) {
    return make('div', { class: `part part-${name}` }, make('h3', { text: words.part[name] ?? name }), marked(text));
  }
  function drawDetails() {
    const item = items[state.chosen];
    document.getElementById('overall').hidden = !item;
    if (!item) {
      const losses = data.losses.map(([kind, what, n]) => make('li', { text: fill(words.loss[kind] ?? '{what}', n ?? '', { what }) }));
      details.replaceChildren(make('dl', {}, ...data.facts.flatMap(([name, value]) => [make('dt', { text: words.fact[name] ?? name }), make('dd', { lang: 'en', text: value })])), ...(losses.length > 0 ? [make('h3', { class: 'title', text: words.losses }), make('ul', { class: 'losses' }, ...losses)] : []), make('p', { class: 'dim', text: items.length === 0 ? words.empty : words.nothingChosen }));
      return;
    }
    const lane = lanes[item[LANE]];
    const badge = make('span', { class: 'badge' });
    badge.style.setProperty('--tone', `var(--${item[STATE] === 'bad' ? 'bad' : lane})`);
    const attempt = data.attempts.findLast(([, t]) => t <= item[T] + 1);
    const about = [words.lane[lane], `${words.at} ${seconds(item[T])} ${words.s}`, item[TOOK] === null ? '' : item[TOOK] < 0 ? words.never : `${words.took} ${took(item[TOOK])}`, `${words.clock} ${new Date(data.start + item[T]).toISOString().slice(11, 23)} UTC`, attempt && data.attempts.length > 1 ? fill(words.attempt, attempt[0]) : ''];
    const parts = item[PARTS].map(([name, text]) => [name, name === 'from' ? (words.from[text] ?? text) : text]);
    const sides = parts.filter(([name]) => name === 'expected' || name === 'actual');
    details.replaceChildren(
      make('h2', {}, badge, make('span', { lang: 'en', text: textOf(item) })),
      make('p', { class: 'about', text: about.filter((word) => word !== '').join(' · ') }),
      ...parts.filter(([name]) => !sides.some(([side]) => side === name)).slice(0, 2).map(([name, text]) => part(name, text)),
      ...(sides.length > 0 ? [make('div', { class: 'pair' }, ...sides.map(([name, text]) => part(name, text)))] : []),
      ...parts.filter(([name]) => !sides.some(([side]) => side === name)).slice(2).map(([name, text]) => part(name, text)),
      ...(item[PICTURE] === null ? [] : [make('img', { src: data.pictures[item[PICTURE]], alt: words.screen })]),
      ...(item[PARTS].length === 0 && item[PICTURE] === null ? [part('text', item[TEXT])] : []),
    );
    details.scrollTop = 0;
  }

  // ---- time
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

  // ---- keys
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

  // ---- a link to a moment
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

  addEventListener('hashchange', readHash);
  addEventListener('resize', () => { drawRows(); drawTime(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawTime());
  readHash();
  rows.focus({ preventScroll: true });
})();
