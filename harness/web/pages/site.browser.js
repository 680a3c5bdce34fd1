// The pages read without this. It adds: search as you type, filters at once, at most five to compare, printing, the comparison of a static copy.
(() => {
  'use strict';
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const most = 5;
  const svg = 'http://www.w3.org/2000/svg';

  for (const button of all('button.print')) {
    button.hidden = false;
    button.addEventListener('click', () => print());
  }

  const limitPicks = () => {
    const chosen = all('.pick input:checked').length;
    for (const box of all('.pick input')) box.disabled = !box.checked && chosen >= most;
    const button = $('.compare-button');
    if (button) button.hidden = chosen === 0;
  };
  document.addEventListener('change', (event) => {
    if (event.target.matches('.pick input')) limitPicks();
  });
  limitPicks();

  const form = $('form.search');
  if (!form) return;
  const box = $('#q');
  const table = $('table.hits');
  const rows = $('tbody', table);
  const said = $('#said');
  const none = $('.none');
  const reset = $('.reset');
  const found = $('.found');
  const words = JSON.parse(found.dataset.words);
  let asked = 0;
  let shown = 0;

  const element = (name, properties = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key === 'class') made.className = value;
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  };
  const mark = (headline) => {
    const drawing = document.createElementNS(svg, 'svg');
    drawing.setAttribute('class', `mark h-${headline}`);
    drawing.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS(svg, 'use');
    use.setAttribute('href', `#m-${headline}`);
    drawing.append(use);
    return drawing;
  };
  const href = (id, image) => words.path.replace('DEVICE', encodeURIComponent(id)).replace('/IMAGE', image === undefined ? '' : `/${encodeURIComponent(image)}`);

  const row = ({ device, headlines }, images, picked) => {
    const name = element('th', { scope: 'row' }, element('a', { href: href(device.id) }, device.fullName), element('span', { class: 'kind' }, [...device.classes.map((each) => words.classes[each] ?? each), ...(device.invented ? [words.invented] : [])].join(', ')));
    const cells = images.map((image) => {
      const headline = headlines.find((each) => each.image === image.id)?.headline ?? 'not-tested';
      const word = element('span', { class: 'word' }, element('span', { class: 'release' }, `${image.name}: `), words.headline[headline]);
      return element('td', { class: 'on' }, element('a', { class: `marked h-${headline}`, href: href(device.id, image.id) }, mark(headline), word));
    });
    const pick = element('input', { type: 'checkbox', name: 'id', value: device.id });
    pick.checked = picked.has(device.id);
    return element('tr', {}, name, ...cells, element('td', { class: 'pick' }, element('label', {}, pick, element('span', { class: 'hidden' }, `${device.fullName}: `), words.choose)));
  };

  const listed = $('.listed-hits');
  const drawListed = (hits) => {
    listed.hidden = hits.length === 0;
    $('.none-at-all').hidden = hits.length > 0;
    $('.none-listed').hidden = hits.length === 0;
    const line = (hit) => element('li', {}, element('a', { href: listed.dataset.path.replace('DEVICE', encodeURIComponent(hit.id)) }, hit.fullName), ' ', element('span', { class: 'kind' }, words.expectation[hit.expectation] ?? ''));
    $('ul', listed).replaceChildren(...hits.map(line));
  };

  const draw = ({ total, more, hits, listed: others = [] }, query) => {
    drawListed(others);
    const picked = new Set(all('.pick input:checked').map((each) => each.value));
    const images = words.images.filter((image) => !query.get('image') || image.id === query.get('image'));
    table.tHead.replaceChildren(element('tr', {}, element('th', { scope: 'col' }, words.device), ...images.map((image) => element('th', { scope: 'col', class: 'on' }, image.name)), element('th', { scope: 'col' }, element('span', { class: 'hidden' }, words.choose))));
    rows.replaceChildren(...hits.map((hit) => row(hit, images, picked)));
    table.hidden = hits.length === 0;
    none.hidden = hits.length > 0;
    said.textContent = (more ? words.foundMore : words.found).replace('0', total.toLocaleString(document.documentElement.lang));
    reset.hidden = [...query.keys()].length === 0;
    const pages = $('.pages');
    if (pages) pages.hidden = true;
    limitPicks();
  };

  const queryOf = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (String(value).trim() !== '') query.set(name, String(value).trim());
    return query;
  };

  const search = async () => {
    const query = queryOf();
    const number = (asked += 1);
    try {
      const answer = window.hwlabSearch ? await window.hwlabSearch(query) : await (await fetch(`${form.dataset.api}?${query}`, { headers: { accept: 'application/json' } })).json();
      // An answer that comes after a later one is thrown away.
      if (number < shown || !answer.hits) return;
      shown = number;
      draw(answer, query);
      const address = form.dataset.api ? `?${query}` : `#${query}`;
      history.replaceState(null, '', [...query.keys()].length === 0 ? location.pathname : address);
    } catch {
      // Without an answer the form still works by itself.
    }
  };
  box.addEventListener('input', search);
  for (const select of all('select', form)) select.addEventListener('change', search);
  form.addEventListener('submit', (event) => {
    if (shown === 0 && form.dataset.api) return;
    event.preventDefault();
    search();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && !event.target.closest('input, select, textarea')) {
      event.preventDefault();
      box.focus();
    }
  });
  if (!form.dataset.api) {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const [name, value] of given) if (form.elements[name]) form.elements[name].value = value;
    if ([...given.keys()].length > 0) search();
  }
})();
