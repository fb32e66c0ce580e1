/** Section 7 of the document: an API server, on node:http. Its command runner answers without running anything. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getMonitoringDashboard } from '@hearth/toolkit/monitoring';
import { getResilientExecutor } from '@hearth/toolkit/reliability';
import { type Caller, getSecurityManager, SecurityError } from '@hearth/toolkit/security';

const dashboard = getMonitoringDashboard();
dashboard.start();
const executor = getResilientExecutor();
const security = getSecurityManager({ tokens: 'secret_key_123' });
const runCommand = async (command: string) => `would run ${command}`;

const executeCommand = security.requireAuth()(async (_caller: Caller, command: string) => {
  const checked = security.validateAndSanitize(command, 'command');
  if (!checked.isValid) return { status: 400, body: { error: 'Invalid command' } };
  return { status: 200, body: await executor.execute(runCommand, checked.sanitized) };
});

async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
  const text = (await request.toArray()).join('');
  try {
    return await executeCommand({ token }, (JSON.parse(text) as { command: string }).command);
  } catch (error) {
    if (error instanceof SecurityError) return { status: error.statusCode, body: { error: error.code } };
    throw error;
  }
}

const server = createServer(async (request, response) => {
  const { status, body } = await answer(request);
  response.writeHead(status).end(JSON.stringify(body));
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const { port } = server.address() as AddressInfo;
const token = await security.tokens.generateToken('user_1');
const post = (command: string, bearer: string) =>
  fetch(`http://127.0.0.1:${port}/api/command`, {
    method: 'POST',
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ command }),
  });

assert.equal((await post('ls -la', 'nobody')).status, 401);
assert.equal((await post('rm -rf /', token)).status, 400);
const good = await (await post('ls -la', token)).json();
assert.equal((good as { result: string }).result, 'would run ls -la');
dashboard.stop();
server.close();
server.closeAllConnections();
