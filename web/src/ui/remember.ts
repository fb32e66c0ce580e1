/** Small choices kept on this device. Where storage is refused (private windows), they last as long as the page. */
const session = new Map<string, string>();

export function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`hearth.${name}`) ?? session.get(name) ?? null;
  } catch {
    return session.get(name) ?? null;
  }
}

export function remember(name: string, value: string): void {
  session.set(name, value);
  try {
    localStorage.setItem(`hearth.${name}`, value);
  } catch (error) {
    console.info('This choice is not kept: the browser refuses storage.', error);
  }
}
