import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for an example to write to. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'toolkit-example-'));
