// The chat tab and its list: what rings first, then who has waited longest. The order stays as it is while somebody points or
// tabs into it.
import { useRef, useState } from 'preact/hooks';
import { left, passed } from '../shared/clock';
import { clock, number } from '../shared/format';
import { Check, Cross, SMS, Warning } from '../shared/icons';
import type { Conversation, Offer } from '../shared/contract';
import { accept, busy, reject } from './actions';
import { draftOf } from './drafts';
import { agent, choices, choose, chosen, conversations, load, nameOf, offers, pane, queueName } from './state';

// replyTarget is how long a customer should wait for an answer, in seconds.
const replyTarget = 120;

// ChatTab blinks red for a few seconds when a text comes in, and stays red while it rings (WCAG 2.2.2).
export function ChatTab({ id }: { id?: string }) {
  const rings = offers.value.length;
  const latest = offers.value.at(-1)?.id ?? '';
  return (
    <button
      key={latest}
      id={id}
      type="button"
      class={`chat-tab ${rings ? 'ringing' : ''}`}
      aria-pressed={pane.value === 'chats'}
      onClick={() => {
        if (rings) choose(offers.value[0]!.conversation.id);
        pane.value = 'chats';
      }}
    >
      <SMS size={20} />
      <span>Chats</span>
      {rings > 0 && <b class="incoming">{rings} incoming</b>}
      <span class="of">
        {load.value} of {agent.value!.capacity}
      </span>
    </button>
  );
}

// urgency sorts: unanswered before answered, the longest wait first; wrap-ups and parked ones last.
function urgency(a: Conversation, b: Conversation): number {
  const rank = (c: Conversation) => (c.state === 'active' ? (c.unanswered_since ? 0 : 1) : c.state === 'post_processing' ? 2 : 3);
  const since = (c: Conversation) => c.unanswered_since ?? c.state_since;
  return rank(a) - rank(b) || since(a).localeCompare(since(b)) || a.id.localeCompare(b.id);
}

export function Chats() {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const still = pointed || focused;
  const order = useRef<string[]>([]);
  const sorted = conversations.value.toSorted(urgency).map((c) => c.id);
  order.current = still ? [...order.current.filter((id) => sorted.includes(id)), ...sorted.filter((id) => !order.current.includes(id))] : sorted;
  const rows = order.current.map((id) => conversations.value.find((c) => c.id === id)!);
  return (
    <div
      class="chats"
      onPointerEnter={() => setPointed(true)}
      onPointerLeave={() => setPointed(false)}
      onFocusIn={(event) => setFocused((event.target as HTMLElement).matches(':focus-visible'))}
      onFocusOut={() => setFocused(false)}
    >
      <ul aria-label="Chats">
        {offers.value.map((offer) => (
          <OfferRow key={offer.id} offer={offer} />
        ))}
        {rows.map((c) => (
          <ChatRow key={c.id} c={c} />
        ))}
      </ul>
      {!offers.value.length && !rows.length && <p class="none">No chats. {agent.value!.status === 'available' ? 'The next text is offered here.' : ''}</p>}
    </div>
  );
}

function OfferRow({ offer }: { offer: Offer }) {
  const c = offer.conversation;
  const name = nameOf(c, offer.customer_matches);
  const asked = busy.value.has(offer.id);
  return (
    <li class="chat rings" data-shown={chosen.value === c.id} data-chat={c.id}>
      <button type="button" class="row" aria-current={chosen.value === c.id} onClick={() => choose(c.id)}>
        <SMS />
        <b>{name}</b>
        <span class="when">{clock(left(offer.expires_at))}</span>
        <span class="last">Incoming · {queueName(c.queue)}</span>
      </button>
      <button type="button" class="yes" disabled={asked} aria-label={`Accept chat with ${name}`} title="Accept chat" onClick={() => void accept(offer)}>
        <Check />
      </button>
      {choices.value.may_reject && (
        <button type="button" class="no" disabled={asked} aria-label={`Reject chat with ${name}`} title="Reject chat" onClick={() => void reject(offer)}>
          <Cross />
        </button>
      )}
    </li>
  );
}

// stand says in words and by a class how a conversation stands.
function stand(c: Conversation): { words: string; tone: string; time: string } {
  const last = c.last_message;
  if (c.state === 'post_processing') return { words: 'Post-processing', tone: 'wraps', time: c.deadline ? clock(left(c.deadline)) : '' };
  if (c.state === 'parked') return { words: 'Parked', tone: 'parked', time: '' };
  if (last?.state === 'failed') return { words: 'Not delivered', tone: 'bad', time: clock(passed(last.at)) };
  if (c.unanswered_since) {
    const waits = passed(c.unanswered_since);
    const tone = waits >= replyTarget ? 'late' : waits >= replyTarget / 2 ? 'soon' : 'waits';
    return { words: waits >= replyTarget ? 'Waits too long' : 'Waits for you', tone, time: clock(waits) };
  }
  return { words: 'Answered', tone: 'calm', time: last ? clock(passed(last.at)) : '' };
}

function ChatRow({ c }: { c: Conversation }) {
  const { words, tone, time } = stand(c);
  const draft = draftOf(c.id).value;
  const last = c.last_message;
  const line = draft.sending ? 'Sending…' : draft.text && chosen.value !== c.id ? `Draft: ${draft.text}` : last ? last.text : number(c.customer_number);
  return (
    <li class={`chat ${tone}`} data-shown={chosen.value === c.id} data-chat={c.id}>
      <button type="button" class="row" aria-current={chosen.value === c.id} onClick={() => choose(c.id)}>
        {tone === 'late' || tone === 'bad' ? <Warning size={18} /> : <SMS />}
        <b>{nameOf(c)}</b>
        <span class="when">{time}</span>
        <span class="last">{line}</span>
        {c.unread > 0 && (
          <i class="unread">
            {c.unread}
            <span class="heard"> unread</span>
          </i>
        )}
        <span class="stand">
          {words} · {queueName(c.queue)}
          {c.opted_out ? ' · Opted out' : c.opt_out_asked && ' · May want no more texts'}
        </span>
      </button>
    </li>
  );
}
