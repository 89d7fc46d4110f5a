// Transfer to a queue or a colleague. It is an offer: the conversation stays here until somebody has accepted it.
import { useState } from 'preact/hooks';
import { Dialog } from '../shared/dialog';
import type { Conversation } from '../shared/contract';
import { busy, sheet, transfer } from './actions';
import { choices, nameOf, queueName } from './state';

// targetOf is whom a transfer that is under way leads to.
export function targetOf(c: Conversation): string {
  if (!c.transfer) return '';
  return c.transfer.queue ? queueName(c.transfer.queue) : (choices.value.colleagues.find((a) => a.id === c.transfer?.agent)?.name ?? c.transfer.agent ?? '');
}

export function TransferSheet({ c }: { c: Conversation }) {
  const [to, setTo] = useState('');
  const shut = () => (sheet.value = '');
  function submit(event: SubmitEvent) {
    event.preventDefault();
    const note = String(new FormData(event.target as HTMLFormElement).get('note')).trim();
    const [kind, id] = [to.slice(0, 1), to.slice(2)];
    void transfer(c, kind === 'q' ? { queue: id } : { agent: id }, note);
  }
  return (
    <Dialog title={`Transfer ${nameOf(c)}`} close={shut} class="small">
      <form onSubmit={submit}>
        <p class="hint">It is offered there, with transcript and notes. You keep the chat until it is accepted.</p>
        <label>
          To
          <select required value={to} data-first onChange={(event) => setTo(event.currentTarget.value)}>
            <option value="">Choose…</option>
            <optgroup label="Queues">
              {choices.value.queues
                .filter((q) => q.id !== c.queue)
                .map((q) => (
                  <option key={q.id} value={`q ${q.id}`}>
                    {q.name}
                  </option>
                ))}
            </optgroup>
            <optgroup label="Colleagues">
              {choices.value.colleagues.map((a) => (
                <option key={a.id} value={`a ${a.id}`}>
                  {a.name}
                </option>
              ))}
            </optgroup>
          </select>
        </label>
        <label>
          Note for who takes it
          <textarea name="note" rows={2} />
        </label>
        <div class="choices">
          <button type="button" onClick={shut}>
            Cancel
          </button>
          <button class="primary" disabled={!to || busy.value.has(`transfer ${c.id}`)}>
            Transfer
          </button>
        </div>
      </form>
    </Dialog>
  );
}
