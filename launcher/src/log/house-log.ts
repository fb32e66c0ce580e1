/** The one log of all residents: readable on the terminal; in the file as it was said, with the time. */
import { lineSplitter } from './line-splitter.ts';
import { readableLine } from './readable-line.ts';
import type { RotatingFile } from './rotating-file.ts';

const COLOURS = { launcher: 35, postgres: 34, server: 36, agent: 33, bot: 32 };
export type Source = keyof typeof COLOURS;

const NAME_WIDTH = Math.max(...Object.keys(COLOURS).map((name) => name.length));

/** `server   | the line` */
export function prefixLine(source: Source, line: string, coloured: boolean): string {
  const name = `${source.padEnd(NAME_WIDTH)} |`;
  return coloured ? `\u001b[${COLOURS[source]}m${name}\u001b[0m ${line}` : `${name} ${line}`;
}

export interface HouseLog {
  say(source: Source, line: string): void;
  /** A listener for a program's output. */
  listen(source: Source): ReturnType<typeof lineSplitter>;
  /** For the terminal only: links that open doors don't belong in a file. */
  show(text: string): void;
}

export function openHouseLog(
  terminal: { write(text: string): unknown; isTTY?: boolean },
  file: RotatingFile,
  now: () => Date,
): HouseLog {
  const coloured = terminal.isTTY === true;
  let isFileBroken = false;
  const show = (source: Source, line: string) =>
    terminal.write(`${prefixLine(source, readableLine(line, coloured), coloured)}\n`);
  const say = (source: Source, line: string) => {
    show(source, line);
    try {
      file.append(`${now().toISOString()} ${prefixLine(source, line, false)}`);
      isFileBroken = false;
    } catch (error) {
      // A full disk must not take the house down; it is said once, where it can still be said.
      if (!isFileBroken) show('launcher', `the log file can't be written: ${error}`);
      isFileBroken = true;
    }
  };
  return {
    say,
    listen: (source) => lineSplitter((line) => say(source, line)),
    show: (text) => void terminal.write(`${text}\n`),
  };
}
