// Post-processing: a time to add notes and to choose how it went. The other conversations go on meanwhile.
import { useEffect, useState } from 'preact/hooks';
import { left } from '../shared/clock';
import { clock, spoken } from '../shared/format';
import type { Conversation } from '../shared/contract';
import { busy, extend, sheet, wrapUp } from './actions';
import { keepWrapUp, wrapUpDraft } from './drafts';
import { ariaOf } from './shortcuts';
import { choices } from './state';

export function WrapUp({ c }: { c: Conversation }) {
  const [draft, setDraft] = useState(() => ({ ...wrapUpDraft(c.id), ...(c.disposition && { disposition: c.disposition }) }));
  const [trouble, setTrouble] = useState('');
  const queue = choices.value.queues.find((q) => q.id === c.queue);
  const seconds = c.deadline ? left(c.deadline) : 0;

  useEffect(() => keepWrapUp(c.id, draft), [draft]);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    if (queue?.disposition_required && !draft.disposition) {
      setTrouble('Choose a disposition first; this queue needs one.');
      document.querySelector<HTMLElement>('#wrap-up input[type=radio]')?.focus();
      return;
    }
    void wrapUp(c, draft.disposition, draft.notes);
  }

  return (
    <form id="wrap-up" class="wrap-up" onSubmit={submit} aria-labelledby="wrap-up-title">
      <header>
        <h3 id="wrap-up-title" tabIndex={-1}>
          Post-processing
        </h3>
        <span class={`time ${seconds <= 10 ? 'soon' : ''}`} role="timer" aria-label={seconds > 0 ? `${spoken(seconds)} left` : 'The time is over'}>
          {seconds > 0 ? clock(seconds) : 'time is over'}
        </span>
        <button type="button" disabled={c.extended || busy.value.has(`extend ${c.id}`)} aria-keyshortcuts={ariaOf('extend')} onClick={() => void extend(c)}>
          {c.extended ? 'Extended' : `+${queue?.post_processing_seconds ?? 60} s`}
        </button>
      </header>
      {!c.case && (
        <p class="hint">
          Not saved to CRM yet.{' '}
          <button type="button" onClick={() => (sheet.value = 'save')}>
            Save to CRM…
          </button>
        </p>
      )}
      {choices.value.dispositions.length > 0 && (
        <fieldset>
          <legend>Disposition{queue?.disposition_required ? ' (needed)' : ''}</legend>
          {choices.value.dispositions.map((d) => (
            <label key={d.id}>
              <input
                type="radio"
                name="disposition"
                value={d.id}
                checked={draft.disposition === d.id}
                onChange={() => {
                  setDraft({ ...draft, disposition: d.id });
                  setTrouble('');
                }}
              />
              {d.name}
            </label>
          ))}
        </fieldset>
      )}
      <label>
        Notes
        <textarea id="wrap-up-notes" rows={2} value={draft.notes} onInput={(event) => setDraft({ ...draft, notes: event.currentTarget.value })} />
      </label>
      <div class="below">
        <p class="trouble" role="alert">
          {trouble}
        </p>
        <button class="primary" disabled={busy.value.has(`wrap ${c.id}`)} aria-keyshortcuts={ariaOf('wrapUp')}>
          End Post Processing
        </button>
      </div>
    </form>
  );
}
