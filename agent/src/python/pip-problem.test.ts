import { expect, it } from 'vitest';
import { describePipProblem } from './pip-problem.ts';

it.each([
  [
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('<x>: Failed to establish')'\nERROR: Could not find a version that satisfies the requirement numpy (from versions: none)",
    /cannot reach its package index/,
  ],
  [
    'ERROR: Could not find a version that satisfies the requirement nope==9 (from versions: none)\nERROR: No matching distribution found for nope==9',
    /finds no package for nope==9/,
  ],
  [
    'ERROR: Could not find a version that satisfies the requirement a==9 (from versions: 1, 2, 3, 4, 5, 6)',
    /no version that fits a==9; there are … 2, 3, 4, 5, 6/,
  ],
  ['SSLError(SSLCertVerificationError(1, "x"))', /does not trust the certificate/],
  ['ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device', /disk .* full/],
  [
    'ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.\nERROR: ResolutionImpossible',
    /do not fit together/,
  ],
  ['error: something\nERROR: Failed building wheel for x', /^pip failed: Failed building wheel for x$/],
  ['', /^pip failed: it did not say why\.$/],
])('tells what pip meant: %#', (stderr, sentence) => {
  expect(describePipProblem(stderr)).toMatch(sentence);
});
