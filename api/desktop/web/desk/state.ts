// What the desk shows: what the server has committed, and nothing else. Whole objects come by the snapshot and by the stream;
// of two versions of one conversation the one with the higher rev counts.
import { batch, computed, signal } from '@preact/signals';
import { call, tell } from '../shared/notices';
import type { Agent, Choices, Conversation, Customer, Desk, Message, Offer, Outcome, StreamEvent } from '../shared/contract';
import { now } from '../shared/clock';
import { number } from '../shared/format';
import type { EventName } from '../shared/stream';
import { forgetDraft, settleReply } from './drafts';
import { ariaOf } from './shortcuts';
import { addMessage, distrust, dropTranscript } from './transcripts';

export const agent = signal<Agent | null>(null);
export const choices = signal<Choices>({ may_reject: false, queues: [], colleagues: [], dispositions: [], status_reasons: [] });
export const offers = signal<Offer[]>([]);
export const conversations = signal<Conversation[]>([]);

// chosen is the conversation that the agent looks at: one that is held, or one that rings.
export const chosen = signal('');
// pane is what a narrow screen shows.
export const pane = signal<'chats' | 'talk' | 'record'>('chats');
// changed counts what may have changed a customer's records.
export const changed = signal(0);

export const current = computed<Conversation | null>(() => conversations.value.find((c) => c.id === chosen.value) ?? null);
export const ringing = computed<Offer | null>(() => offers.value.find((o) => o.conversation.id === chosen.value) ?? null);
// held are the conversations that take a place; a parked one takes none.
export const held = computed(() => conversations.value.filter((c) => c.state !== 'parked'));
export const load = computed(() => held.value.length + offers.value.length);
export const unread = computed(() => conversations.value.reduce((sum, c) => sum + c.unread, 0));

export const queueName = (id: string): string => choices.value.queues.find((q) => q.id === id)?.name ?? id;

// nameOf is what a conversation is called: the customer's name, or the number.
export const nameOf = (c: Conversation, matches: Customer[] = []): string =>
  c.customer?.name ?? (matches.length === 1 ? matches[0]!.name : number(c.customer_number));

// choose opens a conversation.
export function choose(id: string): void {
  batch(() => {
    chosen.value = id;
    if (id) pane.value = 'talk';
  });
}

// settle replaces everything by a snapshot.
export function settle(desk: Desk, options: Choices): void {
  batch(() => {
    choices.value = options;
    agent.value = desk.agent;
    offers.value = desk.offers;
    const known = new Map(conversations.value.map((c) => [c.id, c]));
    for (const gone of conversations.value) if (!desk.conversations.some((c) => c.id === gone.id)) letGo(gone.id);
    conversations.value = desk.conversations.map((c) => newer(known.get(c.id), c));
    distrust();
    changed.value++;
    look();
  });
}

// look moves on from what is no longer there.
function look(): void {
  if (current.value || ringing.value) return;
  const next = offers.value[0]?.conversation.id ?? conversations.value[0]?.id ?? '';
  if (!next) pane.value = 'chats';
  chosen.value = next;
}

function newer(was: Conversation | undefined, is: Conversation): Conversation {
  return was && was.rev > is.rev ? was : is;
}

// take notes a conversation as the server has answered it.
export function take(is: Conversation): void {
  batch(() => {
    const me = agent.value?.id;
    const mine = is.agent === me && (is.state === 'active' || is.state === 'post_processing' || is.state === 'parked');
    const was = conversations.value.find((c) => c.id === is.id);
    if (was && was.rev > is.rev) return;
    if (mine) {
      conversations.value = was ? conversations.value.map((c) => (c.id === is.id ? is : c)) : [...conversations.value, is];
      offers.value = offers.value.filter((o) => o.conversation.id !== is.id);
    } else if (was) {
      conversations.value = conversations.value.filter((c) => c.id !== is.id);
      if (is.state !== 'ended') tell(`The conversation with ${nameOf(was)} has left your desk${was.transfer ? ': the transfer was accepted' : ''}.`);
      letGo(is.id);
    } else {
      offers.value = offers.value.map((o) => (o.conversation.id === is.id && o.conversation.rev <= is.rev ? { ...o, conversation: is } : o));
    }
    if (was?.case !== is.case || was?.customer?.id !== is.customer?.id) changed.value++;
    look();
  });
}

function letGo(id: string): void {
  forgetDraft(id);
  dropTranscript(id);
}

const partings: Record<Outcome, string> = {
  accepted: '',
  rejected: '',
  lapsed: 'You did not accept in time. The chat goes to the next agent.',
  withdrawn: 'The offer was withdrawn.',
  taken: 'A colleague was quicker.',
};

function endOffer(id: string, outcome: Outcome): void {
  const gone = offers.value.find((o) => o.id === id);
  if (!gone) return;
  offers.value = offers.value.filter((o) => o.id !== id);
  if (outcome !== 'accepted') dropTranscript(gone.conversation.id);
  const words = partings[outcome];
  if (words) tell(`${nameOf(gone.conversation, gone.customer_matches)}: ${words}`);
  if (outcome !== 'accepted') look();
}

function makeOffer(offer: Offer): void {
  if (Date.parse(offer.expires_at) < now()) return; // told again after a break, and over
  offers.value = [...offers.value.filter((o) => o.id !== offer.id && o.conversation.id !== offer.conversation.id), offer];
  const words = `Incoming SMS from ${nameOf(offer.conversation, offer.customer_matches)}, ${queueName(offer.conversation.queue)}.`;
  call(`${words} Press ${ariaOf('accept')} to accept.`);
  if (!current.value) chosen.value = offer.conversation.id;
}

function grow(message: Message): void {
  addMessage(message);
  settleReply(message);
  offers.value = offers.value.map((o) =>
    o.conversation.id === message.conversation && !o.preview?.some((m) => m.seq === message.seq)
      ? { ...o, preview: [...(o.preview ?? []), message], conversation: { ...o.conversation, last_message: message } }
      : o,
  );
}

// hear takes in one event of the stream.
export function hear(name: EventName, data: StreamEvent): void {
  batch(() => {
    if (name === 'offer.made' && data.offer) makeOffer(data.offer);
    if (name === 'offer.ended' && data.offer_id && data.outcome) endOffer(data.offer_id, data.outcome);
    if (name === 'conversation.updated' && data.conversation) take(data.conversation);
    if (name === 'message.added' && data.message) grow(data.message);
    if (name === 'message.updated' && data.message) addMessage(data.message);
    if (name === 'agent.updated' && data.agent) agent.value = data.agent;
    if (name === 'notice' && data.detail) tell(data.conversation ? `${nameOf(data.conversation)}: ${data.detail}` : data.detail, true);
  });
}
