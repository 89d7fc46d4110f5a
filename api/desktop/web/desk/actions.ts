// What the agent does. Each action asks the server and shows what the server answers; nothing is shown before that.
import { signal } from '@preact/signals';
import { command, once, read, Refusal, wordsOf } from '../shared/call';
import type { Agent, Case, Choices, Conversation, Customer, Desk, Offer, Severity, Status } from '../shared/contract';
import { tell } from '../shared/notices';
import { expire, leave } from '../shared/session';
import { close, open } from '../shared/stream';
import { prepare } from './alerts';
import { forgetAllDrafts, keepWrapUp } from './drafts';
import { agent, changed, choose, conversations, hear, held, offers, pane, settle, take } from './state';

// busy names what is being asked for now, so that it is not asked for twice.
export const busy = signal<ReadonlySet<string>>(new Set());

// sheet is the dialog that is open.
export const sheet = signal<'' | 'keys' | 'palette' | 'settings' | 'save' | 'end' | 'transfer'>('');

async function during(name: string, work: () => Promise<void>): Promise<void> {
  if (busy.value.has(name)) return;
  busy.value = new Set([...busy.value, name]);
  try {
    await work();
  } catch (error) {
    tell(wordsOf(error), true);
  } finally {
    busy.value = new Set([...busy.value].filter((other) => other !== name));
  }
}

// begin fetches the desk and listens from there on; it waits for a server that is away.
export async function begin(): Promise<void> {
  for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
    try {
      const [desk, options] = await Promise.all([read<Desk>('/v1/desk'), read<Choices>('/v1/desk/choices')]);
      settle(desk, options);
      open('/v1/desk/events', desk.cursor, { event: hear, reset: () => void begin(), signedOut: expire });
      return;
    } catch (error) {
      if (error instanceof Refusal && (error.status === 401 || error.status === 403)) return;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

// end forgets the desk.
export function end(): void {
  close();
  agent.value = null;
  [offers.value, conversations.value] = [[], []];
}

export const setStatus = (status: Status, reason = ''): Promise<void> => {
  prepare(); // a click or a key, which is when browsers let a page ring
  return during('status', async () => {
    agent.value = await command<Agent>('PUT', '/v1/desk/status', reason ? { status, reason } : { status });
  });
};

export const accept = (offer: Offer): Promise<void> =>
  during(offer.id, async () => {
    try {
      take(await command<Conversation>('POST', `/v1/offers/${offer.id}/accept`));
      choose(offer.conversation.id);
      requestAnimationFrame(focusComposer);
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'offer-gone') throw error;
      offers.value = offers.value.filter((o) => o.id !== offer.id);
      tell('The offer was over before you accepted it.');
    }
  });

export const reject = (offer: Offer): Promise<void> =>
  during(offer.id, async () => {
    await command('POST', `/v1/offers/${offer.id}/reject`, {});
    offers.value = offers.value.filter((o) => o.id !== offer.id);
  });

// focusComposer puts the focus where the agent writes.
export function focusComposer(): void {
  document.querySelector<HTMLElement>('#reply, #wrap-up-notes')?.focus();
}

const reading = new Set<string>();

// markRead tells the server what has been seen, one thing at a time. A failure is nobody's concern: the next sight tells it again.
export async function markRead(c: Conversation, seq: number): Promise<void> {
  if (reading.has(c.id)) return;
  reading.add(c.id);
  try {
    take(await once<Conversation>('POST', `/v1/conversations/${c.id}/read`, { seq }));
  } catch {
    // not seen, then
  } finally {
    reading.delete(c.id);
  }
}

export interface Saving {
  case?: string;
  subject?: string;
  severity?: Severity;
  notes?: string;
}

// save puts the conversation into the CRM and, where that is wanted, ends it.
export const save = (c: Conversation, saving: Saving, thenEnd = false): Promise<void> =>
  during(`save ${c.id}`, async () => {
    const saved = await command<Case>('POST', `/v1/conversations/${c.id}/case`, saving);
    tell(`Saved to CRM as case #${saved.number}.`);
    changed.value++;
    sheet.value = '';
    if (thenEnd) await finish(c);
  });

export const transfer = (c: Conversation, to: { agent: string } | { queue: string }, note: string): Promise<void> =>
  during(`transfer ${c.id}`, async () => {
    take(await command<Conversation>('POST', `/v1/conversations/${c.id}/transfer`, { ...to, ...(note && { note }) }));
    sheet.value = '';
  });

// askEnd ends a saved conversation, and asks first about one that is not.
export function askEnd(c: Conversation): void {
  if (c.case) void during(`end ${c.id}`, () => finish(c));
  else sheet.value = 'end';
}

export const endUnsaved = (c: Conversation): Promise<void> =>
  during(`end ${c.id}`, async () => {
    sheet.value = '';
    await finish(c);
  });

async function finish(c: Conversation): Promise<void> {
  take(await command<Conversation>('POST', `/v1/conversations/${c.id}/end`, {}));
  requestAnimationFrame(() => document.querySelector<HTMLElement>('#wrap-up-title, #reply')?.focus());
}

export const extend = (c: Conversation): Promise<void> =>
  during(`extend ${c.id}`, async () => take(await command<Conversation>('POST', `/v1/conversations/${c.id}/extend`, {})));

export const wrapUp = (c: Conversation, disposition: string, notes: string): Promise<void> =>
  during(`wrap ${c.id}`, async () => {
    const body = { ...(disposition && { disposition }), ...(notes.trim() && { notes: notes.trim() }) };
    const over = await command<Conversation>('POST', `/v1/conversations/${c.id}/wrap_up`, body);
    keepWrapUp(c.id, { disposition: '', notes: '' });
    take(over);
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) document.querySelector<HTMLElement>('#reply, #chats-tab')?.focus();
    });
  });

export const judgeOptOut = (c: Conversation, optedOut: boolean): Promise<void> =>
  during(`opt out ${c.id}`, async () => take(await command<Conversation>('POST', `/v1/conversations/${c.id}/opt_out`, { opted_out: optedOut })));

export const attach = (conversation: string, customer: string): Promise<void> =>
  during(`attach ${conversation}`, async () => take(await command<Conversation>('PUT', `/v1/conversations/${conversation}/customer`, { customer })));

export const createCustomer = (conversation: string, draft: { name: string; numbers: string[]; notes?: string }): Promise<void> =>
  during(`attach ${conversation}`, async () => {
    const made = await command<Customer>('POST', '/v1/customers', draft);
    take(await command<Conversation>('PUT', `/v1/conversations/${conversation}/customer`, { customer: made.id }));
    tell(`${made.name} is in the CRM.`);
  });

export const noteCustomer = (customer: string, notes: string): Promise<void> =>
  during(`customer ${customer}`, async () => {
    await command<Customer>('PATCH', `/v1/customers/${customer}`, { notes });
    changed.value++;
    tell('Notes saved.');
  });

// step moves to the next or the previous conversation of the list.
export function step(by: 1 | -1): void {
  const ids = [...document.querySelectorAll<HTMLElement>('[data-chat]')].map((row) => row.dataset.chat!);
  const shown = document.querySelector<HTMLElement>('[data-chat][data-shown=true]')?.dataset.chat ?? '';
  const at = ids.indexOf(shown);
  if (ids.length) choose(ids[(at + by + ids.length) % ids.length]!);
}

// nextUnanswered opens the conversation whose customer has waited longest for an answer.
export function nextUnanswered(): void {
  const waiting = held.value.filter((c) => c.unanswered_since && c.state === 'active');
  waiting.sort((a, b) => a.unanswered_since!.localeCompare(b.unanswered_since!));
  if (!waiting[0]) return tell('Every customer has been answered.');
  choose(waiting[0].id);
  requestAnimationFrame(focusComposer);
}

// signOut ends the shift and the session. What is held stays held: the agent is told so first.
export const signOut = (): Promise<void> =>
  during('sign out', async () => {
    await command('PUT', '/v1/desk/status', { status: 'logged_out' });
    close();
    forgetAllDrafts();
    await command('DELETE', '/v1/session');
    end();
    pane.value = 'chats';
    leave('You have signed out.');
  });
