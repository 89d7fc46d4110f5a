// Where the agent writes: a reply in plain text, counted before it is sent, or a note for colleagues.
import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { once } from '../shared/call';
import { count } from '../shared/format';
import { Book, Note, Send, SMS, Warning } from '../shared/icons';
import { settings } from '../shared/settings';
import { line } from '../shared/stream';
import type { Conversation, Segments } from '../shared/contract';
import { draftOf, send, write } from './drafts';
import { judgeOptOut } from './actions';
import { FAQs } from './faqs';
import { ariaOf } from './shortcuts';

const pause = 150; // ms of not typing before a text is counted
const partsMost = 10;

// counted is the latest count, of the text that it was made of.
const counted = signal<{ text: string; segments: Segments } | null>(null);

// useCount asks the server what sending a text would take; the server alone decides, so it alone counts.
function useCount(text: string, wanted: boolean): Segments | null {
  useEffect(() => {
    if (!wanted || !text || counted.value?.text === text) return;
    let stopped = false;
    const timer = setTimeout(() => {
      once<Segments>('POST', '/v1/segments', { text }).then(
        (segments) => {
          if (!stopped) counted.value = { text, segments };
        },
        () => {}, // counted when it is sent, then
      );
    }, pause);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [text, wanted]);
  const latest = counted.value;
  return wanted && text && latest ? latest.segments : null;
}

export function Composer({ c, name }: { c: Conversation; name: string }) {
  const draft = draftOf(c.id).value;
  const box = useRef<HTMLTextAreaElement>(null);
  const [faqs, setFaqs] = useState(false);
  const [refused, setRefused] = useState('');
  const { note, sending } = draft;
  const text = sending?.text ?? draft.text;
  const asked = Boolean(c.opt_out_asked) && !c.opted_out;
  const shut = (c.opted_out || asked || Boolean(c.unreachable)) && !note;
  const sizes = useCount(text, !note && !shut);
  const exact = counted.value?.text === text;
  const bad = exact ? (sizes?.not_plain ?? []) : [];
  const long = exact && (sizes?.segments ?? 0) > partsMost;
  const away = line.value.state !== 'live';
  const able = Boolean(text.trim()) && !sending && !away && !bad.length && !long && !shut;

  const put = (value: string) => {
    setRefused('');
    write(c.id, { text: value, trouble: undefined });
  };

  function insert(words: string) {
    const area = box.current!;
    const [from, to] = [area.selectionStart, area.selectionEnd];
    put(text.slice(0, from) + words + text.slice(to));
    setFaqs(false);
    requestAnimationFrame(() => {
      area.focus();
      area.setSelectionRange(from + words.length, from + words.length);
    });
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.isComposing) return;
    const enter = event.key === 'Enter' && !event.altKey && !event.shiftKey;
    if (enter && (event.ctrlKey || event.metaKey || settings.value.enterSends)) {
      event.preventDefault();
      if (able) void send(c.id);
    }
    const before = text.slice(0, box.current!.selectionStart);
    if (event.key === '/' && !note && !event.ctrlKey && !event.altKey && /(^|\s)$/.test(before)) {
      event.preventDefault();
      setFaqs(true);
    }
  }

  function onPaste(event: ClipboardEvent | DragEvent) {
    const data = 'clipboardData' in event ? event.clipboardData : event.dataTransfer;
    if (!data?.files.length) return;
    event.preventDefault();
    setRefused('Images and files cannot be sent: texts are plain text only.');
  }

  return (
    <form
      class={`composer ${note ? 'noting' : ''}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (able) void send(c.id);
      }}
    >
      <div class="modes" role="group" aria-label="What you write">
        <button type="button" aria-pressed={!note} disabled={Boolean(sending)} aria-keyshortcuts={ariaOf('reply')} onClick={() => write(c.id, { note: false })}>
          <SMS size={16} /> Reply
        </button>
        <button type="button" aria-pressed={note} disabled={Boolean(sending)} aria-keyshortcuts={ariaOf('note')} onClick={() => write(c.id, { note: true })}>
          <Note size={16} /> Note
        </button>
        {!note && !shut && (
          <button type="button" class="faq" aria-expanded={faqs} onClick={() => setFaqs(!faqs)} disabled={Boolean(sending)}>
            <Book size={16} /> FAQ <kbd>/</kbd>
          </button>
        )}
      </div>
      {faqs && <FAQs c={c} insert={insert} close={() => (setFaqs(false), box.current?.focus())} />}
      {shut ? (
        <p class="shut" role="note">
          <Warning />{' '}
          {asked ? (
            <>
              {name} may have asked for no more texts. Nothing is sent until you have said whether that is so.{' '}
              <button type="button" onClick={() => void judgeOptOut(c, true)}>
                Yes, send no more texts
              </button>{' '}
              <button type="button" onClick={() => void judgeOptOut(c, false)}>
                No, that was not meant
              </button>
            </>
          ) : (
            <>
              {c.opted_out
                ? `${name} has opted out. Nothing can be sent until the customer texts START.`
                : `Nothing can be sent: ${c.unreachable}.`}{' '}
              You can still write notes.
            </>
          )}
        </p>
      ) : (
        <>
          <label class="heard" for="reply">
            {note ? 'Note for colleagues' : `Reply to ${name}, plain text`}
          </label>
          <textarea
            id="reply"
            ref={box}
            rows={3}
            value={text}
            readOnly={Boolean(sending)}
            placeholder={note ? 'Only colleagues see this' : `Reply to ${name}`}
            aria-describedby="reply-size"
            onInput={(event) => put(event.currentTarget.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
            onDrop={onPaste}
          />
          <div class="below">
            <div id="reply-size" class="size">
              <Trouble bad={bad} long={long} sizes={exact ? sizes : null} text={text} put={put} words={refused || draft.trouble || ''} />
              {!note && sizes && <Size sizes={sizes} put={put} />}
              {sending?.unsure && <span class="unsure">Not confirmed yet. Asking again; it is sent once.</span>}
              {away && <span class="unsure">Not connected: what you write is kept.</span>}
            </div>
            <button class="primary" disabled={!able}>
              <Send size={16} /> {sending ? 'Sending…' : note ? 'Add note' : 'Send'}
              {!settings.value.enterSends && <kbd>Ctrl ⏎</kbd>}
            </button>
          </div>
        </>
      )}
    </form>
  );
}

// Size tells encoding, characters and parts, and which characters make a text dear.
function Size({ sizes, put }: { sizes: Segments; put: (text: string) => void }) {
  const dear = sizes.encoding === 'UCS-2' && !sizes.not_plain.length;
  return (
    <span class="counts">
      {sizes.encoding} · {count(sizes.characters, 'character')} · {count(sizes.segments, 'segment')} · {sizes.left} left
      {dear && (
        <>
          {' · '}
          <span class="dear">
            {sizes.not_gsm7.map((ch) => `“${ch}”`).join(' ')} {sizes.not_gsm7.length === 1 ? 'leaves' : 'leave'} 70 characters to a segment
          </span>{' '}
          {sizes.repaired !== undefined && (
            <button type="button" onClick={() => put(sizes.repaired!)}>
              Replace with plain characters
            </button>
          )}
        </>
      )}
    </span>
  );
}

interface Troubles {
  bad: string[];
  long: boolean;
  sizes: Segments | null;
  text: string;
  words: string;
  put: (text: string) => void;
}

// Trouble says why a text cannot be sent.
function Trouble({ bad, long, sizes, text, words, put }: Troubles) {
  const take = () => put(bad.reduce((rest, ch) => rest.replaceAll(ch, ''), text));
  return (
    <span class="trouble" role="alert">
      {bad.length > 0 && (
        <>
          Emoji are not relayed to phones: {bad.join(' ')}{' '}
          <button type="button" onClick={take}>
            Take {bad.length === 1 ? 'it' : 'them'} out
          </button>
        </>
      )}
      {long && `Too long: ${sizes?.segments} segments, and at most ${partsMost} can be sent.`}
      {!bad.length && !long && words}
    </span>
  );
}
