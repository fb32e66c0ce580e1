/** Telegram's HTML: these three characters, and no others, have to be written otherwise. */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const bold = (text: string): string => `<b>${escapeHtml(text)}</b>`;
export const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;
export const block = (text: string): string => `<pre>${escapeHtml(text)}</pre>`;
