// Values inside a member of the document, by names with dots.
import type { Member, Value } from './config';

const inside = (v: Value): Member => (v && typeof v === 'object' && !Array.isArray(v) ? v : {});

export function valueAt(m: Member, name: string): Value {
  let v: Value = m;
  for (const part of name.split('.')) v = inside(v)[part];
  return v;
}

const empty = (v: Value) => v === undefined || v === null || v === '' || v === false || (typeof v === 'object' && Object.keys(v).length === 0);

// withValue is the member with another value. What is empty is left out, what leads to it included.
export function withValue(m: Member, name: string, value: Value): Member {
  const [first, ...rest] = name.split('.') as [string, ...string[]];
  const is: Value = rest.length ? withValue(inside(m[first]), rest.join('.'), value) : value;
  const { [first]: _, ...others } = m;
  return empty(is) ? others : first in m ? { ...m, [first]: is } : { ...others, [first]: is };
}

// slug makes an id of a name.
export function slug(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
}
