/** What starts an agent on another machine, in a checkout of Hearth. */
export const agentCommand = (serverUrl: string, invitation: string): string =>
  `HEARTH_SERVER_URL=${serverUrl} HEARTH_NODE_INVITATION=${invitation} npm run agent`;
