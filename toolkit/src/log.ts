/** Where a tool reports what it survived. A pino logger is one as it is. */
export interface Log {
  warn(details: object, message: string): void;
}

/** Writes one line to standard error. */
export const consoleLog: Log = {
  warn: (details, message) => console.warn(message, details),
};
