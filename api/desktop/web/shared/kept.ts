// What this browser remembers. A browser that lets nothing be stored works all the same.

const prefix = 'switchyard.';

export function recall<T>(name: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(prefix + name);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch {
    return otherwise;
  }
}

export function keep(name: string, value: unknown): void {
  try {
    if (value === undefined || value === '') localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // not kept, then
  }
}

// forget removes everything whose name begins so.
export function forget(begins: string): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix + begins)) localStorage.removeItem(key);
  } catch {
    // there is nothing to forget
  }
}
