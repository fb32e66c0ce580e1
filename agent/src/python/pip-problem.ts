/** What went wrong with pip, in one sentence for the person whose job needed it. */
export function describePipProblem(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const reason = lines.findLast((line) => line.startsWith('ERROR:'))?.replace(/^ERROR: /, '');
  const isCut = /NewConnectionError|ConnectTimeout|NameResolutionError|ReadTimeout|Temporary failure in name/;
  if (isCut.test(stderr))
    return 'pip cannot reach its package index: this machine has no way there (a proxy or a mirror is set with PIP_PROXY and PIP_INDEX_URL).';
  if (/SSLError|CERTIFICATE_VERIFY_FAILED/.test(stderr))
    return 'pip does not trust the certificate of its package index (PIP_CERT names the file of one to trust).';
  if (/No space left on device/.test(stderr)) return 'The disk of this machine is full.';
  const missing =
    /Could not find a version that satisfies the requirement (.+?) \(from versions: (.*?)\)/.exec(stderr);
  if (missing)
    return missing[2] === 'none'
      ? `pip finds no package for ${missing[1]}.`
      : `pip finds no version that fits ${missing[1]}; there are ${shorten(missing[2] ?? '')}.`;
  if (/Cannot install|ResolutionImpossible|conflicting dependencies/.test(stderr))
    return `The packages that are needed do not fit together: ${reason ?? ''}`.trim();
  return `pip failed: ${reason ?? (lines.filter(Boolean).slice(-3).join(' ').slice(-400) || 'it did not say why.')}`;
}

function shorten(versions: string): string {
  const all = versions.split(', ');
  return all.length > 5 ? `… ${all.slice(-5).join(', ')}` : versions;
}
