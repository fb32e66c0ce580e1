// Runs before the first paint, so that the page never flashes in the wrong theme. A file, since inline scripts are refused.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('hearth.theme');
  } catch {
    // Storage is off: the system's theme it is.
    choice = null;
  }
  const dark =
    choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
