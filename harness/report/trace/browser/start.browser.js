// Begins when all the other files are there.
addEventListener('hashchange', readHash);
addEventListener('resize', () => { drawRows(); drawTime(); });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawTime());
readHash();
rows.focus({ preventScroll: true });
