// The page reads without this. It adds: a filter, buttons that copy a command, keys, and opening what a link points at.
(() => {
  'use strict';
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const filter = document.querySelector('.filter');

  for (const button of all('button.copy')) {
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener('click', async () => {
      const code = button.parentElement.querySelector('code');
      await copy(code);
      button.textContent = button.dataset.done;
      button.classList.add('done');
      setTimeout(() => {
        button.textContent = label;
        button.classList.remove('done');
      }, 1600);
    });
  }

  async function copy(code) {
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      // A page from a file may not have the clipboard; the selection is copied instead.
      getSelection().selectAllChildren(code);
      document.execCommand('copy');
    }
  }

  if (filter) {
    filter.hidden = false;
    for (const hint of all('.keyboard')) hint.hidden = false;
    const words = document.querySelector('#filter-words');
    const trouble = document.querySelector('#filter-trouble');
    const said = document.querySelector('#filter-said');
    const items = all('.item').map((item) => ({ item, parts: all('[data-words]', item), words: item.dataset.words ?? '', trouble: 'trouble' in item.dataset || item.matches('.trouble') }));
    const apply = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const fits = (text) => wanted.every((word) => text.includes(word));
      let shown = 0;
      for (const entry of items) {
        let visible = entry.words !== '' && fits(entry.words);
        for (const part of entry.parts) {
          const good = fits(part.dataset.words);
          part.hidden = !good;
          visible ||= good;
        }
        visible &&= entry.trouble || !trouble.checked;
        entry.item.hidden = !visible;
        if (visible) shown += 1;
      }
      for (const body of all('.matrix tbody')) body.hidden = all('.item', body).every((item) => item.hidden);
      for (const group of all('.trouble')) {
        const parts = all('.in-group:not([hidden])', group);
        if (wanted.length > 0 && parts.length === 1) parts[0].open = true;
      }
      const active = wanted.length > 0 || trouble.checked;
      document.body.classList.toggle('filtered', active);
      said.textContent = !active ? '' : shown === 0 ? said.dataset.nothing : said.dataset.template.replace('0', shown).replace('1', items.length);
    };
    let waiting;
    words.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(apply, 80);
    });
    trouble.addEventListener('change', apply);
    apply();
  }

  const openTarget = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let node = target; node; node = node.parentElement) if (node instanceof HTMLDetailsElement) node.open = true;
    target.scrollIntoView();
  };
  addEventListener('hashchange', openTarget);
  openTarget();

  let place = -1;
  const step = (by) => {
    const stops = all('.trouble').filter((stop) => !stop.hidden);
    if (stops.length === 0) return;
    place = Math.max(0, Math.min(stops.length - 1, place + by));
    const stop = stops[place];
    stop.tabIndex = -1;
    stop.focus({ preventScroll: true });
    stop.scrollIntoView({ block: 'start' });
  };
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target instanceof HTMLInputElement && event.target.type !== 'checkbox';
    if (typing) {
      if (event.key === 'Escape') {
        event.target.value = '';
        event.target.dispatchEvent(new Event('input'));
        event.target.blur();
      }
      return;
    }
    if (event.key === '/') {
      event.preventDefault();
      document.querySelector('#filter-words')?.focus();
    } else if (event.key === 'j') step(1);
    else if (event.key === 'k') step(-1);
    else if (event.key === 'e') {
      const folds = all('.trouble details');
      const open = folds.some((fold) => !fold.open);
      for (const fold of folds) fold.open = open;
    }
  });
  addEventListener('beforeprint', () => {
    for (const fold of all('.trouble .in-group')) fold.open = true;
  });
})();
