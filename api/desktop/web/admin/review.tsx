// What the draft changes and what asks for care, before it is put in force; and what happened when somebody else was faster.
import type { Problem } from '../shared/call';
import { Warning } from '../shared/icons';
import type { Change, Value } from './config';
import { apply, dirty, draft, late, load, redo, working } from './draft';
import { lists } from './lists';

// placeOf is a path in words: queues[support].priority is "queue support: priority".
function placeOf(path: string): string {
  const at = /^(\w+)\[([^\]]*)\]\.?(.*)$/.exec(path);
  if (!at) return lists.find((l) => l.list === path)?.title.toLowerCase() ?? path.replaceAll('_', ' ');
  const [, list, id, rest] = at;
  const one = lists.find((l) => l.list === list)?.one ?? list;
  return `${one} ${id}${rest ? `: ${rest.replaceAll('_', ' ')}` : ''}`;
}

function wordsOf(v: Value): string {
  if (Array.isArray(v)) return v.map(wordsOf).join(', ');
  if (v !== null && typeof v === 'object') {
    if (v.skill && v.level) return `${String(v.skill)} ${String(v.level)}`;
    return Object.entries(v)
      .filter(([name]) => name !== 'id')
      .map(([name, inner]) => `${name.replaceAll('_', ' ')} ${wordsOf(inner)}`)
      .join(', ');
  }
  return v === true ? 'yes' : String(v);
}

const deeds: Record<Change['change'], string> = { added: 'new', removed: 'goes', changed: 'changes', reordered: 'in another order' };

function Line({ c }: { c: Change }) {
  return (
    <li class={c.change}>
      <b>{placeOf(c.path)}</b> <span class="tag">{deeds[c.change]}</span>{' '}
      {c.was !== undefined && (
        <del>
          <span class="heard">was </span>
          {wordsOf(c.was)}
        </del>
      )}{' '}
      {c.is !== undefined && (
        <ins>
          <span class="heard">is </span>
          {wordsOf(c.is)}
        </ins>
      )}
    </li>
  );
}

function Troubles({ problems }: { problems: Problem[] }) {
  return (
    <div role="alert">
      {problems.map((p) => (
        <p key={p.path + p.message} class="trouble">
          {p.path ? `${p.path}: ` : ''}
          {p.message}
        </p>
      ))}
    </div>
  );
}

function titleOf(changes: number | null, problems: number): string {
  if (changes === null) return problems ? 'Draft: not valid' : 'Draft: being checked…';
  return changes === 1 ? 'Draft: one change' : `Draft: ${changes} changes`;
}

export function Review() {
  const { plan, problems } = draft.value;
  const warnings = plan?.warnings ?? [];
  if (!dirty.value && !late.value) return warnings.length ? <Care warnings={warnings} /> : null;
  const n = plan?.changes.length ?? 0;
  return (
    <section class="card review" aria-labelledby="review">
      <header>
        <h2 id="review">{titleOf(plan && n, problems.length)}</h2>
        <button type="button" disabled={working.value} onClick={() => void load()}>
          Take back
        </button>
        <button type="button" class="primary" disabled={working.value || !plan || late.value} onClick={() => void apply()}>
          Put in force
        </button>
      </header>
      {late.value && <Late />}
      <Troubles problems={problems} />
      {n > 0 && (
        <ul class="changes" aria-label="What changes">
          {plan!.changes.map((c) => (
            <Line key={c.path + c.change} c={c} />
          ))}
        </ul>
      )}
      {plan && n === 0 && <p class="hint">Only the writing differs, and what it means does not.</p>}
      {warnings.length > 0 && <Care warnings={warnings} />}
    </section>
  );
}

function Care({ warnings }: { warnings: Problem[] }) {
  const { tenant } = draft.value;
  // nameOf is whose a problem's path is.
  const nameOf = (path: string) => {
    const at = /^(\w+)\[(\d+)\]/.exec(path);
    const m = at && ((tenant?.[at[1]!] ?? []) as Value[])[Number(at[2])];
    if (!at || !m) return path;
    const one = lists.find((l) => l.list === at[1])?.one ?? at[1];
    return `${one} ${typeof m === 'object' && !Array.isArray(m) ? String(m.name || m.title || m.id) : String(m)}`;
  };
  return (
    <ul class="care" aria-label="What asks for care">
      {warnings.map((w) => (
        <li key={w.path + w.message}>
          <Warning size={16} /> <b>{nameOf(w.path)}</b>: {w.message}
        </li>
      ))}
    </ul>
  );
}

function Late() {
  return (
    <div role="alert" class="late">
      <p>
        <b>Somebody else has changed the configuration meanwhile.</b> Nothing of theirs is overwritten.
      </p>
      <p class="choices">
        {draft.value.edits ? (
          <button type="button" class="primary" disabled={working.value} onClick={() => void redo()}>
            Make my changes in theirs
          </button>
        ) : (
          'Copy what you have written, then take theirs.'
        )}
        <button type="button" disabled={working.value} onClick={() => void load()}>
          Take theirs
        </button>
      </p>
    </div>
  );
}
