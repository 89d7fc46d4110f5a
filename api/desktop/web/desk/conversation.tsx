// The middle of the desk: the conversation that is looked at, or the preview of one that rings.
import { left, passed } from '../shared/clock';
import { clock, count, number } from '../shared/format';
import { Check, Chevron, Cross, Folder, Person, SMS, Transfer as Way } from '../shared/icons';
import { Menu } from '../shared/menu';
import type { Conversation, Offer } from '../shared/contract';
import { settings } from '../shared/settings';
import { mute, prepare, ring } from './alerts';
import { accept, askEnd, busy, reject, save, sheet } from './actions';
import { Composer } from './composer';
import { ariaOf } from './shortcuts';
import { agent, choices, current, nameOf, pane, queueName, ringing } from './state';
import { statusOf } from './control';
import { Transcript } from './transcript';
import { targetOf } from './transfer';
import { WrapUp } from './wrapup';

export function Talk() {
  if (current.value) return <Conversation key={current.value.id} c={current.value} />;
  if (ringing.value) return <Preview key={ringing.value.id} offer={ringing.value} />;
  return <Idle />;
}

function Idle() {
  const a = agent.value!;
  const queues = a.queues.map(queueName).join(', ');
  return (
    <div class="idle">
      <SMS size={44} />
      <h2>No conversation</h2>
      {a.status === 'available' ? (
        <>
          <p>
            You are available for <b>{queues || 'no queue'}</b>. When a customer texts, the chat is offered in the control panel.
          </p>
          <Ready />
        </>
      ) : (
        <p>
          You are <b>{statusOf(a).toLowerCase()}</b> and get no texts. Be available to be offered those of <b>{queues || 'your queues'}</b>.
        </p>
      )}
    </div>
  );
}

// Ready says how a chat will make itself known here, and lets it be heard once.
function Ready() {
  const sound = !settings.value.sound ? 'Sound off' : mute.value ? 'Sound blocked by the browser' : 'Sound on';
  const allowed = 'Notification' in window && Notification.permission === 'granted';
  const notifications = !settings.value.notifications ? 'Notifications off' : allowed ? 'Notifications on' : 'Notifications not allowed by the browser';
  return (
    <p>
      {sound} · {notifications} ·{' '}
      <button
        type="button"
        onClick={() => {
          prepare();
          ring();
        }}
      >
        Test
      </button>
    </p>
  );
}

function Title({ c, name }: { c: Conversation; name: string }) {
  return (
    <div class="who">
      <h2 tabIndex={-1} id="talk-title">
        {name}
      </h2>
      <p>
        {c.customer && <span>{number(c.customer_number)}</span>}
        <span class="tag">{queueName(c.queue)}</span>
        {c.linked_to && <span class="tag">Writes again</span>}
        {c.transfer && <span class="tag vip">Transfer to {targetOf(c)} under way</span>}
        {c.opted_out && <span class="tag bad">Opted out</span>}
        {c.unreachable && <span class="tag bad">Cannot be texted</span>}
        {c.landline && <span class="tag bad">Landline: replies may not arrive</span>}
      </p>
    </div>
  );
}

function ToRecord() {
  return (
    <button type="button" class="to-record" aria-keyshortcuts={ariaOf('record')} onClick={() => (pane.value = 'record')}>
      <Person /> Customer
    </button>
  );
}

function Conversation({ c }: { c: Conversation }) {
  const name = nameOf(c);
  const open = c.state === 'active' || c.state === 'parked';
  const since = c.unanswered_since ?? c.last_message?.at;
  return (
    <>
      <header class="talk-head">
        <Title c={c} name={name} />
        {open && (
          <p class="times">
            <span title="Since you accepted">Connected {clock(passed(c.state_since))}</span>
            {since && <span title="Since the last text">{`${c.unanswered_since ? 'Waits' : 'Quiet'} ${clock(passed(since))}`}</span>}
          </p>
        )}
        <div class="acts">
          <ToRecord />
          {open && (
            <button type="button" aria-keyshortcuts={ariaOf('transfer')} onClick={() => (sheet.value = 'transfer')}>
              <Way /> Transfer
            </button>
          )}
          <SaveMenu c={c} />
          {open && (
            <button type="button" class="end" disabled={busy.value.has(`end ${c.id}`)} aria-keyshortcuts={ariaOf('end')} onClick={() => askEnd(c)}>
              <Cross /> End
            </button>
          )}
        </div>
      </header>
      <Transcript id={c.id} name={name} read={c} />
      {c.state === 'post_processing' ? <WrapUp c={c} /> : <Composer c={c} name={name} />}
    </>
  );
}

// SaveMenu is the menu from which a conversation is saved: at once as a new case, with more to say about it, or to an open case.
function SaveMenu({ c }: { c: Conversation }) {
  const asked = busy.value.has(`save ${c.id}`);
  if (c.case) {
    return (
      <span class="saved">
        <Check /> Saved to CRM
      </span>
    );
  }
  const entries = [
    { label: 'Save to CRM', detail: 'A new case', act: () => void save(c, {}) },
    { label: 'Save to CRM with details…', detail: 'Subject, severity, an open case', act: () => void (sheet.value = 'save') },
    { label: 'Save to CRM and end', act: () => void save(c, {}, true), disabled: c.state === 'post_processing' },
  ];
  return (
    <Menu name="Save" entries={entries} disabled={asked}>
      <Folder /> Save <Chevron />
    </Menu>
  );
}

// Preview shows what is known before the agent accepts: what the customer has written. The record stands beside it.
function Preview({ offer }: { offer: Offer }) {
  const c = offer.conversation;
  const name = nameOf(c, offer.customer_matches);
  const asked = busy.value.has(offer.id);
  return (
    <>
      <header class="talk-head rings">
        <Title c={c} name={name} />
        <p class="times">
          <span>Ends in {clock(left(offer.expires_at))}</span>
        </p>
        <div class="acts">
          <ToRecord />
          <button type="button" class="accept" disabled={asked} onClick={() => void accept(offer)}>
            <Check /> Accept
          </button>
          {choices.value.may_reject && (
            <button type="button" disabled={asked} onClick={() => void reject(offer)}>
              <Cross /> Reject
            </button>
          )}
        </div>
      </header>
      <Transcript id={c.id} name={name} />
      <p class="before">
        {count(offer.customer_matches.length, 'customer')} {offer.customer_matches.length === 1 ? 'has' : 'have'} this number. Accept the chat to answer.
      </p>
    </>
  );
}
