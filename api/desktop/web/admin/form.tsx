// The form of one member of a list, beside the list. It keeps what it does not ask for. The server judges the whole document with the
// change in it: what is wrong stands at its field, and the draft stays as it was.
import { useState } from 'preact/hooks';
import { Dialog } from '../shared/dialog';
import { tell } from '../shared/notices';
import { useAsking } from './asking';
import type { Member } from './config';
import { change, draft, membersOf, working } from './draft';
import type { Field } from './field';
import { Asked } from './fields';
import type { List } from './lists';
import { usesOf } from './uses';
import { slug, withValue } from './values';

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

export function MemberForm({ of, member, close }: Props) {
  const [password, setPassword] = useState('');
  const all = membersOf(of.list);
  const at = member ? all.findIndex((m) => m.id === member.id) : all.length;
  const here = `${of.list}[${at}]`;
  const names = ['id', ...of.fields.map((f) => f.name)];
  const { is, form, asked, above, troubleAt, setProblems } = useAsking(member ?? {}, names, `${here}.`);
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

  const ask = (field: Field) =>
    field.kind === 'password' ? (
      <Asked key={field.name} field={field} value={password} trouble={troubleAt(field.name)} set={(v) => setPassword(String(v))} />
    ) : (
      asked(field)
    );
  return (
    <Dialog title={member ? String(member.name ?? member.title ?? member.id) : `New ${of.one}`} close={close} class="side">
      <form ref={form} onSubmit={(event) => void submit(event)}>
        {above}
        {member ? (
          <p class="hint">
            {of.one} <code>{String(member.id)}</code>
          </p>
        ) : (
          asked(idField(of.fields.length > 0))
        )}
        {of.fields.filter((f) => !f.more).map(ask)}
        {of.fields.some((f) => f.more) && (
          <details open={of.fields.some((f) => f.more && troubleAt(f.name))}>
            <summary>More</summary>
            <div class="more">{of.fields.filter((f) => f.more).map(ask)}</div>
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
