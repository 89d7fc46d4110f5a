// What the agent is writing, and what is on its way to the server. Both outlive a reload. A reply has a key from the moment it is
// sent, so that sending it again after a lost answer sends it once; it is shown only when the server has it.
import { signal, type Signal } from '@preact/signals';
import { newKey, once, Refusal, wordsOf } from '../shared/call';
import type { Message } from '../shared/contract';
import { forget, keep, recall } from '../shared/kept';
import { addMessage } from './transcripts';

export interface Draft {
  text: string;
  note: boolean; // for colleagues, not for the customer
  sending?: { key: string; text: string; note: boolean; unsure: boolean };
  trouble?: string | undefined;
}

export interface WrapUpDraft {
  disposition: string;
  notes: string;
}

const drafts = new Map<string, Signal<Draft>>();

export function draftOf(id: string): Signal<Draft> {
  let draft = drafts.get(id);
  if (!draft) {
    draft = signal<Draft>(recall(`draft.${id}`, { text: '', note: false }));
    drafts.set(id, draft);
    if (draft.peek().sending) void deliver(id, draft);
  }
  return draft;
}

export function write(id: string, some: Partial<Draft>): void {
  const draft = draftOf(id);
  draft.value = { ...draft.peek(), ...some };
  const { text, note, sending } = draft.peek();
  keep(`draft.${id}`, text || note || sending ? draft.peek() : undefined);
}

export const wrapUpDraft = (id: string): WrapUpDraft => recall(`wrapup.${id}`, { disposition: '', notes: '' });
export const keepWrapUp = (id: string, draft: WrapUpDraft): void => keep(`wrapup.${id}`, draft);

export function forgetDraft(id: string): void {
  drafts.delete(id);
  keep(`draft.${id}`, undefined);
  keep(`wrapup.${id}`, undefined);
}

export function forgetAllDrafts(): void {
  drafts.clear();
  forget('draft.');
  forget('wrapup.');
}

// send hands the draft to the server.
export async function send(id: string): Promise<void> {
  const draft = draftOf(id);
  const { text, note, sending } = draft.peek();
  if (sending || !text.trim()) return;
  write(id, { sending: { key: newKey(), text, note, unsure: false }, trouble: undefined });
  await deliver(id, draft);
}

// deliver asks until there is an answer: whatever it was, the reply is then at the server once, or not at all.
async function deliver(id: string, draft: Signal<Draft>): Promise<void> {
  for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
    const { sending } = draft.peek();
    if (!sending || drafts.get(id) !== draft) return;
    try {
      const path = `/v1/conversations/${id}/${sending.note ? 'notes' : 'messages'}`;
      const body = sending.note ? { text: sending.text } : { text: sending.text, client_ref: sending.key };
      addMessage(await once<Message>('POST', path, body, sending.key));
      clear(id, sending.key);
      return;
    } catch (error) {
      if (error instanceof Refusal) {
        const { sending: _, ...rest } = draft.peek();
        draft.value = { ...rest, trouble: wordsOf(error) };
        write(id, {});
        return;
      }
    }
    if (draft.peek().sending?.key === sending.key) write(id, { sending: { ...sending, unsure: true } });
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

function clear(id: string, key: string): void {
  const draft = draftOf(id);
  if (draft.peek().sending?.key !== key) return;
  draft.value = { text: '', note: false };
  write(id, {});
}

// settleReply takes a reply that was heard of over the stream for the answer that is still awaited.
export function settleReply(message: Message): void {
  if (message.client_ref && drafts.has(message.conversation)) clear(message.conversation, message.client_ref);
}
