/** A small bot that keeps the launcher's rules, and shows what it was given. */
const { BOT_TOKEN, API_KEY, API_URL } = process.env;

process.on('SIGTERM', () => {
  console.log('bot stops: SIGTERM');
  process.exit(0);
});
process.on('disconnect', () => process.exit(0));
// What keeps it alive.
setInterval(() => undefined, 60_000);

console.log(
  `bot facts ${JSON.stringify({ pid: process.pid, token: BOT_TOKEN, key: API_KEY, url: API_URL })}`,
);
process.send?.({ type: 'ready' });
