// The language of the page and a filter of its rows; the page can be read without both.
(() => {
  'use strict';
  const root = document.documentElement;
  const button = document.getElementById('language');
  const words = document.getElementById('words');
  const show = (language) => {
    root.dataset.language = language;
    root.lang = language;
    words.placeholder = words.dataset[language];
    words.setAttribute('aria-label', words.dataset[language]);
    button.textContent = language === 'en' ? 'Русский' : 'English';
  };
  button.hidden = false;
  words.hidden = false;
  button.addEventListener('click', () => show(root.dataset.language === 'en' ? 'ru' : 'en'));
  words.addEventListener('input', () => {
    const needle = words.value.trim().toLowerCase();
    for (const row of document.querySelectorAll('tbody tr')) row.hidden = needle !== '' && !row.textContent.toLowerCase().includes(needle);
    if (needle !== '') for (const fold of document.querySelectorAll('details')) fold.open = fold.querySelector('tbody tr:not([hidden])') !== null;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target === words) return;
    event.preventDefault();
    words.focus();
  });
  show(navigator.language.startsWith('ru') ? 'ru' : 'en');
})();
