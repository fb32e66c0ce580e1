/** What a person sees when everything is up. */
export function banner({ url, setupUrl, home }: { url: string; setupUrl?: string; home: string }): string {
  const lines = [`Hearth is ready at ${url}`];
  if (setupUrl) lines.push('', 'Create the administrator here (this link works once):', setupUrl);
  lines.push('', `Everything is kept in ${home}. Stop with Ctrl-C.`);
  return ['', ...lines.map((line) => (line === '' ? '' : `  ${line}`)), ''].join('\n');
}
