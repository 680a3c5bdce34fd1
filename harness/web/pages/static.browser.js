// Search and comparison of a copy without a server. Data come as scripts, which load from files as well as from a server.
(() => {
  'use strict';
  const root = document.currentScript.src.replace(/assets\/[^/]*$/, '');
  const language = document.documentElement.lang;
  const headlines = ['certified', 'works', 'works-with-limits', 'expected-to-work', 'conflicting', 'not-tested', 'expected-not-to-work', 'does-not-work'];
  const twins = { а: 'a', в: 'b', е: 'e', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p', с: 'c', т: 't', у: 'y', х: 'x' };
  const most = 100;
  const mostListed = 10;

  const loading = new Map();
  const shards = new Map();
  const columns = new Map();
  const listed = new Map();
  window.hwlabShard = (name, rows) => shards.set(name, rows);
  window.hwlabListed = (name, rows) => listed.set(name, rows);
  window.hwlabColumn = (column) => columns.set(column.id, column);

  /** Loads a data file once; false when there is none. */
  const load = (path) => {
    if (!loading.has(path)) {
      loading.set(
        path,
        new Promise((done) => {
          const script = document.createElement('script');
          script.src = root + path;
          script.onload = () => done(true);
          script.onerror = () => done(false);
          document.head.append(script);
        }),
      );
    }
    return loading.get(path);
  };

  const wordsOf = (text) =>
    text
      .slice(0, 200)
      .split(/[^\p{L}\p{N}]+/u)
      .map((word) => word.normalize('NFKC').toLowerCase().replace(/[авекмнорстух]/g, (letter) => twins[letter]).replace(/[^\p{L}\p{N}]+/gu, ''))
      .filter(Boolean)
      .slice(0, 12);

  /** The rows that may fit: all of a small copy, else those of the first word's letter. */
  const rowsFor = async (wanted) => {
    if (await load('data/s/all.js')) return shards.get('all') ?? [];
    const name = wanted.length === 0 ? undefined : wanted[0].codePointAt(0).toString(16);
    return name !== undefined && (await load(`data/s/${name}.js`)) ? (shards.get(name) ?? []) : [];
  };

  const images = JSON.parse(document.querySelector('.found')?.dataset.words ?? '{"images":[]}').images.map((image) => image.id);
  const rankOf = (digits, image) => {
    if (image >= 0) return Number(digits[image]);
    return Number([...digits].find((digit) => digit !== '5') ?? 5);
  };

  /** Models that only public lists know, as the server adds them: for a typed text, not where filters ask for answers of the lab. */
  const listedFor = async (query, wanted) => {
    if ((query.get('q') ?? '').trim().length < 3 || wanted.length === 0 || query.get('image') || query.get('headline')) return [];
    const name = wanted[0].codePointAt(0).toString(16);
    if (!(await load(`data/p/${name}.js`))) return [];
    return (listed.get(name) ?? [])
      .filter(([, , words]) => {
        const own = words.split(' ');
        return wanted.every((word) => own.some((each) => each.startsWith(word)));
      })
      .sort((left, right) => left[1].localeCompare(right[1], 'en', { numeric: true }))
      .slice(0, mostListed)
      .map(([id, fullName, , classes, expectation]) => ({ id, fullName, classes, expectation }));
  };

  window.hwlabSearch = async (query) => {
    const wanted = wordsOf(query.get('q') ?? '');
    const image = images.indexOf(query.get('image') ?? '');
    const headline = headlines.indexOf(query.get('headline') ?? '');
    const found = (await rowsFor(wanted))
      .filter(([, , words, classes, vendor, digits]) => {
        const own = words.split(' ');
        if (!wanted.every((word) => own.some((each) => each.startsWith(word)))) return false;
        if (query.get('class') && !classes.includes(query.get('class'))) return false;
        if (query.get('vendor') && vendor !== query.get('vendor')) return false;
        if (headline < 0) return true;
        return image >= 0 ? Number(digits[image]) === headline : digits.includes(String(headline));
      })
      .sort((left, right) => rankOf(left[5], image) - rankOf(right[5], image) || (left[1].toLowerCase() < right[1].toLowerCase() ? -1 : 1));
    return {
      listed: await listedFor(query, wanted),
      total: found.length,
      more: false,
      hits: found.slice(0, most).map(([id, fullName, , classes, , digits, invented]) => ({ device: { id, fullName, classes, invented: invented === 1 }, headlines: images.map((each, number) => ({ image: each, headline: headlines[Number(digits[number])] })) })),
    };
  };

  if (!document.body.classList.contains('page-compare')) return;
  const ids = [...new Set([...new URLSearchParams(location.search).getAll('id'), ...decodeURIComponent(location.hash.slice(1)).split(',')])].filter((id) => /^[a-z0-9][a-z0-9-]{0,79}$/.test(id)).slice(0, 5);
  for (const link of document.querySelectorAll('a.language')) link.href += `#${ids.join(',')}`;
  document.querySelector('form.add')?.remove();
  addEventListener('hashchange', () => location.reload());
  const element = (name, properties, ...children) => {
    const made = document.createElement(name);
    Object.assign(made, properties);
    made.append(...children);
    return made;
  };
  const drawing = (id, className) => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    svg.setAttribute('class', className);
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', `#${id}`);
    svg.append(use);
    return svg;
  };
  Promise.all(ids.map((id) => load(`data/c/${language}/${id}.js`))).then(() => {
    const chosen = ids.map((id) => columns.get(id)).filter(Boolean);
    if (chosen.length === 0) return;
    const words = JSON.parse(document.querySelector('.empty').dataset.words);
    const cellOf = (cell) => {
      if (cell === undefined) return element('td', {}, '');
      if (cell.headline) return element('td', {}, element('span', { className: `marked h-${cell.headline}` }, drawing(`m-${cell.headline}`, `mark h-${cell.headline}`), element('span', {}, words.headline[cell.headline])), ...(cell.note ? [element('span', { className: 'note' }, cell.note)] : []));
      if (cell.verdict) return element('td', {}, element('span', { className: `verdict f-${cell.verdict}` }, drawing(`v-${cell.verdict}`, 'tick'), element('span', {}, words.verdict[cell.verdict])));
      return element('td', {}, cell.lines.length === 0 ? words.none : element('ul', {}, ...cell.lines.map((line) => element('li', {}, line))));
    };
    const names = [...new Set(chosen.flatMap((column) => column.rows.map((row) => row.name)))];
    const head = element('tr', {}, element('th', { scope: 'col' }, words.feature), ...chosen.map((column) => element('th', { scope: 'col' }, element('a', { href: `d/${column.id}.html` }, column.fullName), ' ', element('a', { className: 'remove', href: `#${ids.filter((id) => id !== column.id).join(',')}` }, words.remove))));
    const body = names.map((name) => element('tr', {}, element('th', { scope: 'row' }, name), ...chosen.map((column) => cellOf(column.rows.find((row) => row.name === name)?.cell ?? { verdict: 'not_applicable' }))));
    const table = element('table', { className: 'compare' }, element('thead', {}, head), element('tbody', {}, ...body));
    document.querySelector('.empty').replaceWith(element('div', { className: 'scroll', tabIndex: 0, role: 'region', ariaLabel: document.title }, table));
  });
})();
