// The form of one member of a list, beside the list. It keeps what it does not ask for. The server judges the whole document with the
// change in it: what is wrong stands at its field, and the draft stays as it was.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../shared/call';
import { Dialog } from '../shared/dialog';
import { tell } from '../shared/notices';
import type { Member } from './config';
import { change, draft, membersOf, working } from './draft';
import type { Field } from './field';
import { Asked } from './fields';
import type { List } from './lists';
import { usesOf } from './uses';
import { slug, valueAt, withValue } from './values';

// idField asks for the id of a new member. Where there is a name, one can be made of it.
const idField = (named: boolean): Field => ({
  kind: 'text',
  name: 'id',
  words: 'Id',
  needed: !named,
  hint: `Lower-case letters, digits, - or _.${named ? ' Left empty, it is made of the name.' : ''}`,
});

interface Props {
  of: List;
  member: Member | null; // null: a new one
  close: () => void;
}

// plainly is a problem's message without its place in the text, which nobody sees here.
const plainly = (p: Problem) => p.message.replace(/^line \d+, column \d+: /, '');

// rowOf is in which row of a field a problem is, where the field has rows: '3: '.
const rowOf = (p: Problem, field: string) => {
  const row = /^\[(\d+)\]/.exec(p.path.startsWith(field) ? p.path.slice(field.length) : '');
  return row ? `${Number(row[1]) + 1}: ` : '';
};

// meets says whether a problem's place is a field's, something in it, or what the field is in.
const meets = (name: string, place: string) => place === name || place.startsWith(`${name}.`) || place.startsWith(`${name}[`) || name.startsWith(`${place}.`);

export function MemberForm({ of, member, close }: Props) {
  const [is, setIs] = useState<Member>(member ?? {});
  const [password, setPassword] = useState('');
  const [problems, setProblems] = useState<Problem[]>([]);
  const form = useRef<HTMLFormElement>(null);
  const all = membersOf(of.list);
  const at = member ? all.findIndex((m) => m.id === member.id) : all.length;
  const here = `${of.list}[${at}]`;

  useEffect(() => {
    if (problems.length) (form.current?.querySelector<HTMLElement>('[aria-invalid]') ?? form.current?.querySelector<HTMLElement>('[data-trouble]'))?.focus();
  }, [problems]);

  const names = ['id', ...of.fields.map((f) => f.name)];
  const ownerOf = (p: Problem) => (p.path.startsWith(`${here}.`) ? names.find((name) => meets(name, p.path.slice(here.length + 1))) : undefined);
  const troubleAt = (name: string) =>
    problems
      .filter((p) => ownerOf(p) === name)
      .map((p) => rowOf(p, `${here}.${name}`) + plainly(p))
      .join('; ');
  const other = problems.filter((p) => !ownerOf(p));
  const kept = Object.keys(is).filter((name) => name !== 'id' && name !== 'password' && !names.some((n) => n === name || n.startsWith(`${name}.`)));

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const id = String(is.id ?? slug(String(is.name ?? is.title ?? is.number ?? '')));
    if (!member && all.some((m) => m.id === id)) {
      setProblems([{ path: `${here}.id`, message: `${id} is there already; choose another id.` }]);
      return;
    }
    const value = of.fields.length ? { id, ...withValue(is, 'id', '') } : id;
    const found = await change({ list: of.list, id, value, ...(password && { password }) });
    setProblems(found);
    if (!found.length) close();
  }

  async function remove() {
    const found = await change({ list: of.list, id: String(member!.id), value: null });
    setProblems(found);
    if (found.length) return;
    tell(`The ${of.one} ${String(member!.name ?? member!.title ?? member!.id)} is taken out of the draft.`);
    close();
  }

  const asked = (field: Field) =>
    field.kind === 'password' ? (
      <Asked key={field.name} field={field} value={password} trouble={troubleAt(field.name)} set={(v) => setPassword(String(v))} />
    ) : (
      <Asked key={field.name} field={field} value={valueAt(is, field.name)} trouble={troubleAt(field.name)} set={(v) => setIs((was) => withValue(was, field.name, v))} />
    );
  return (
    <Dialog title={member ? String(member.name ?? member.title ?? member.id) : `New ${of.one}`} close={close} class="side">
      <form ref={form} onSubmit={(event) => void submit(event)}>
        {other.length > 0 && (
          <div role="alert" data-trouble tabIndex={-1}>
            {other.map((p) => (
              <p key={p.path + p.message} class="trouble">
                {p.path && !p.path.startsWith(here) ? `${p.path}: ` : ''}
                {plainly(p)}
              </p>
            ))}
          </div>
        )}
        {member ? (
          <p class="hint">
            {of.one} <code>{String(member.id)}</code>
          </p>
        ) : (
          <Asked
            field={idField(of.fields.length > 0)}
            value={is.id}
            trouble={troubleAt('id')}
            set={(v) => setIs((was) => withValue(was, 'id', v))}
          />
        )}
        {of.fields.filter((f) => !f.more).map(asked)}
        {of.fields.some((f) => f.more) && (
          <details open={of.fields.some((f) => f.more && troubleAt(f.name))}>
            <summary>More</summary>
            <div class="more">{of.fields.filter((f) => f.more).map(asked)}</div>
          </details>
        )}
        {kept.length > 0 && <p class="hint">Kept as the document has it: {kept.join(', ')}.</p>}
        <div class="choices">
          {member && <Remove of={of} member={member} remove={() => void remove()} />}
          {of.fields.length > 0 || !member ? (
            <button class="primary" disabled={working.value}>
              {member ? 'Change the draft' : 'Add to the draft'}
            </button>
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}

// Remove asks once more, and says who has to let go first.
function Remove({ of, member, remove }: { of: List; member: Member; remove: () => void }) {
  const [sure, setSure] = useState(false);
  const uses = usesOf(draft.value.tenant ?? {}, of.list, String(member.id));
  if (uses.length)
    return (
      <p class="uses">
        In use by {uses.slice(0, 8).join(', ')}
        {uses.length > 8 && ` and ${uses.length - 8} more`}. Take it out there first.
      </p>
    );
  return sure ? (
    <button type="button" class="stop" disabled={working.value} ref={(b) => b?.focus()} onClick={remove}>
      Yes, take it out
    </button>
  ) : (
    <button type="button" onClick={() => setSure(true)}>
      Take out…
    </button>
  );
}
