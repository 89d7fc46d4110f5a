// Who uses a queue, a skill or a schedule: what has to let go of it before it can be taken out.
import type { Member, Tenant, Value } from './config';
import { lists } from './lists';

const has = (v: Value, id: string) => (Array.isArray(v) ? v.includes(id) : v !== null && typeof v === 'object' && id in v);

const refers: Record<string, (field: string, v: Value, id: string) => boolean> = {
  queues: (field, v, id) => (field === 'queue' && v === id) || ((field === 'queues' || field === 'queue_skills') && has(v, id)),
  skills: (field, v, id) => (field === 'skill' && v === id) || (field === 'skills' && has(v, id)),
  schedules: (field, v, id) => ['schedule', 'during', 'outside'].includes(field) && v === id,
};

function mentions(v: Value, list: string, id: string): boolean {
  if (v === null || typeof v !== 'object') return false;
  return Object.entries(v).some(([field, inner]) => refers[list]?.(field, inner as Value, id) || mentions(inner as Value, list, id));
}

// usesOf names the members of the document that mention another.
export function usesOf(t: Tenant, list: string, id: string): string[] {
  if (!refers[list]) return [];
  return lists.flatMap(({ list: other, one }) =>
    ((t[other] ?? []) as Value[])
      .filter((m) => m !== null && typeof m === 'object' && !(other === list && (m as Member).id === id) && mentions(m, list, id))
      .map((m) => `${one} ${String((m as Member).name || (m as Member).title || (m as Member).id)}`),
  );
}
