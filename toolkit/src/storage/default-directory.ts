import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where tools keep their files unless told otherwise: `~/.hearth/toolkit`. */
export const defaultDirectory = (): string => join(homedir(), '.hearth', 'toolkit');
