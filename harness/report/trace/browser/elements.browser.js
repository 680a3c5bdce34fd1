// Makes elements of the page. All of the data is text of a guest or a device: it gets into the page as text (textContent), never as HTML.
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
