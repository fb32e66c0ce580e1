/** An address that means "this machine" wherever it is used: of no help to another one. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  hostname.startsWith('127.');

/** What starts an agent on another machine, in a checkout of Hearth. */
export const agentCommand = (serverUrl: string, invitation: string): string =>
  `HEARTH_SERVER_URL=${serverUrl} HEARTH_NODE_INVITATION=${invitation} npm run agent`;
