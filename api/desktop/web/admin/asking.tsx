// What a form asks for, and what the server says is wrong with it: at the field where there is one, above all of them otherwise.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../shared/call';
import type { Member, Value } from './config';
import type { Field } from './field';
import { Asked } from './fields';
import { valueAt, withValue } from './values';

// plainly is a problem's message without its place in the text, which nobody sees here.
const plainly = (p: Problem) => p.message.replace(/^line \d+, column \d+: /, '');

// rowOf is in which row of a field a problem is, where the field has rows: '3: '.
const rowOf = (place: string, field: string) => {
  const row = /^\[(\d+)\]/.exec(place.startsWith(field) ? place.slice(field.length) : '');
  return row ? `${Number(row[1]) + 1}: ` : '';
};

// meets says whether a problem's place is a field's, something in it, or what the field is in.
const meets = (name: string, place: string) => place === name || place.startsWith(`${name}.`) || place.startsWith(`${name}[`) || name.startsWith(`${place}.`);

// useAsking keeps what is filled in. Fields are those with a place of their own; at is where the values stand in the document, with a
// dot at its end.
export function useAsking(start: Member, names: string[], at: string) {
  const [is, setIs] = useState<Member>(start);
  const [problems, setProblems] = useState<Problem[]>([]);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problems.length) (form.current?.querySelector<HTMLElement>('[aria-invalid]') ?? form.current?.querySelector<HTMLElement>('[data-trouble]'))?.focus();
  }, [problems]);

  const ownerOf = (p: Problem) => (p.path.startsWith(at) ? names.find((name) => meets(name, p.path.slice(at.length))) : undefined);
  const troubleAt = (name: string) =>
    problems
      .filter((p) => ownerOf(p) === name)
      .map((p) => rowOf(p.path.slice(at.length), name) + plainly(p))
      .join('; ');
  const other = problems.filter((p) => !ownerOf(p));
  const put = (name: string, value: Value) => setIs((was) => withValue(was, name, value));
  const asked = (field: Field) => (
    <Asked key={field.name} field={field} value={valueAt(is, field.name)} trouble={troubleAt(field.name)} set={(v) => put(field.name, v)} />
  );
  const above = other.length > 0 && (
    <div role="alert" data-trouble tabIndex={-1}>
      {other.map((p) => (
        <p key={p.path + p.message} class="trouble">
          {p.path && !(at && p.path.startsWith(at.slice(0, -1))) ? `${p.path}: ` : ''}
          {plainly(p)}
        </p>
      ))}
    </div>
  );
  return { is, form, asked, above, troubleAt, setProblems };
}
