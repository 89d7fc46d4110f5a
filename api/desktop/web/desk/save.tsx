// Saving to the CRM with something to say about it, and the question before an unsaved conversation is ended.
import { useEffect, useState } from 'preact/hooks';
import { readAll } from '../shared/call';
import { Dialog } from '../shared/dialog';
import type { Case, Conversation, Severity } from '../shared/contract';
import { busy, endUnsaved, save, sheet, type Saving } from './actions';
import { nameOf } from './state';

const severities: Severity[] = ['low', 'medium', 'high', 'critical'];
const shut = () => (sheet.value = '');

export function SaveSheet({ c }: { c: Conversation }) {
  const [cases, setCases] = useState<Case[]>([]);
  const [into, setInto] = useState('');
  useEffect(() => {
    if (!c.customer) return;
    readAll<Case>(`/v1/customers/${c.customer.id}/cases`).then(
      (all) => setCases(all.filter((k) => k.status === 'open')),
      () => setCases([]), // a new case can be made all the same
    );
  }, [c.customer?.id]);

  function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const saving: Saving = into ? { case: into } : { severity: text('severity') as Severity };
    if (!into && text('subject')) saving.subject = text('subject');
    if (text('notes')) saving.notes = text('notes');
    void save(c, saving, form.has('end'));
  }

  return (
    <Dialog title="Save to CRM" close={shut}>
      <form onSubmit={submit}>
        <p class="hint">
          {c.customer ? `The transcript is linked to ${nameOf(c)}.` : 'No customer record is chosen; the case will belong to none. Choose one first if you can.'}
        </p>
        {cases.length > 0 && (
          <label>
            Case
            <select value={into} onChange={(event) => setInto(event.currentTarget.value)}>
              <option value="">A new case</option>
              {cases.map((k) => (
                <option key={k.id} value={k.id}>
                  Add to #{k.number} {k.subject}
                </option>
              ))}
            </select>
          </label>
        )}
        {!into && (
          <>
            <label>
              Subject
              <input name="subject" maxLength={200} data-first placeholder="What it is about" />
            </label>
            <label>
              Severity
              <select name="severity" defaultValue="medium">
                {severities.map((s) => (
                  <option key={s} value={s} selected={s === 'medium'}>
                    {s[0]!.toUpperCase() + s.slice(1)}
                  </option>
                ))}
              </select>
            </label>
          </>
        )}
        <label>
          Notes
          <textarea name="notes" rows={3} />
        </label>
        {c.state !== 'post_processing' && (
          <label class="check">
            <input type="checkbox" name="end" /> End the chat as well
          </label>
        )}
        <div class="choices">
          <button type="button" onClick={shut}>
            Cancel
          </button>
          <button class="primary" disabled={busy.value.has(`save ${c.id}`)}>
            Save to CRM
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function EndSheet({ c }: { c: Conversation }) {
  return (
    <Dialog title="End the chat?" close={shut} class="small">
      <p>The conversation with {nameOf(c)} is not saved to the CRM yet.</p>
      <div class="choices">
        <button type="button" onClick={shut}>
          Cancel
        </button>
        <button type="button" onClick={() => void endUnsaved(c)}>
          End without saving
        </button>
        <button type="button" class="primary" data-first disabled={busy.value.has(`save ${c.id}`)} onClick={() => void save(c, {}, true)}>
          Save to CRM and end
        </button>
      </div>
    </Dialog>
  );
}
