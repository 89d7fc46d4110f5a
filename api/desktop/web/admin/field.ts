// What a form may ask for: the kinds of fields, and what there is to choose from.
import type { Member, Tenant, Value } from './config';

export type Option = readonly [value: string, words: string];

interface Base {
  name: string; // of the document; a dot leads into a field
  words: string;
  hint?: string;
  more?: boolean; // asked for under "More"
}

export type Field =
  | (Base & { kind: 'text' | 'area' | 'secret' | 'date' | 'time'; needed?: boolean })
  | (Base & { kind: 'number'; min: number; max: number; usual?: string; step?: string })
  | (Base & { kind: 'words' }) // several texts, with commas between them
  | (Base & { kind: 'check' })
  | (Base & { kind: 'choice'; of: Options; usual?: string; whole?: boolean }) // whole: values are numbers
  | (Base & { kind: 'many'; of: Options })
  | (Base & { kind: 'levels'; of: Options })
  | (Base & { kind: 'rows'; row: Field[]; another: string; ordered?: boolean }) // ordered: the first counts first
  | (Base & { kind: 'password' });

export type Options = readonly Option[] | ((t: Tenant) => Option[]);

export const members = (list: string) => (t: Tenant) =>
  ((t[list] ?? []) as Value[]).map((m): Option => {
    const { id, name } = typeof m === 'string' ? { id: m, name: m } : (m as Member);
    return [String(id), String(name || id)];
  });

export const need = (): Field[] => [
  { kind: 'choice', name: 'skill', words: 'Skill', of: members('skills') },
  { kind: 'choice', name: 'level', words: 'Level at least', of: levels, whole: true },
];

export const levels: Option[] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100].map((n) => [String(n), String(n)]);
