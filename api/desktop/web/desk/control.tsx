// The Control Panel: the agent's status, the places taken, and what is ringing.
import { accept, busy, reject, setStatus } from './actions';
import { mute, prepare, silence, silenced } from './alerts';
import { left, passed } from '../shared/clock';
import { clock, number, spoken } from '../shared/format';
import { Check, Chevron, Cross, SMS } from '../shared/icons';
import { Menu, type Entry } from '../shared/menu';
import { settings } from '../shared/settings';
import type { Agent, Offer, Status } from '../shared/contract';
import { ariaOf } from './shortcuts';
import { agent, choices, choose, chosen, held, load, nameOf, offers, queueName } from './state';

export const statusNames: Record<Status, string> = {
  available: 'Available',
  busy_stop_new: 'Busy, stop new',
  on_break: 'On break',
  working_offline: 'Working offline',
  logged_out: 'Logged out',
};

// statusOf is a status in words, with what the system sees besides: busy, or wrapping up.
export function statusOf(a: Agent): string {
  const reason = choices.value.status_reasons.find((r) => r.id === a.status_reason)?.name ?? a.status_reason;
  if (a.status !== 'available') return reason ? `${statusNames[a.status]}: ${reason}` : statusNames[a.status];
  if (!held.value.length) return 'Available';
  return held.value.every((c) => c.state === 'post_processing') ? 'Post-processing' : 'Busy';
}

function StatusMenu({ a }: { a: Agent }) {
  const declared: Status[] = ['available', 'busy_stop_new', 'on_break', 'working_offline', 'logged_out'];
  const entries = declared.flatMap((status): Entry[] => {
    const plain = a.status === status && !a.status_reason;
    const reasons = choices.value.status_reasons.filter((r) => (r.statuses ? r.statuses.includes(status) : status !== 'available'));
    return [
      { label: statusNames[status], chosen: plain, act: () => void setStatus(status) },
      ...reasons.map((r) => ({
        label: `${statusNames[status]}: ${r.name}`,
        chosen: a.status === status && a.status_reason === r.id,
        act: () => void setStatus(status, r.id),
      })),
    ];
  });
  const words = statusOf(a);
  const since = Date.parse(a.status_since) > 0 ? clock(passed(a.status_since)) : '';
  return (
    <Menu class="status" name="Status" entries={entries} disabled={busy.value.has('status')}>
      <span class={`lamp ${a.status}`} />
      <span class="words">
        <span class="heard">Status: </span>
        {words}
      </span>
      <span class="since">{since}</span>
      <Chevron />
    </Menu>
  );
}

// Places are six lamps at most, one for each customer at a time.
function Places({ a }: { a: Agent }) {
  const taken = [
    ...offers.value.map(() => 'rings'),
    ...held.value.filter((c) => c.state === 'active').map((c) => (c.unanswered_since ? 'waits' : 'talks')),
    ...held.value.filter((c) => c.state === 'post_processing').map(() => 'wraps'),
  ];
  return (
    <p class="places" role="img" aria-label={`${load.value} of ${a.capacity} places taken`}>
      {Array.from({ length: a.capacity }, (_, i) => (
        <span key={i} class={taken[i] ?? ''} />
      ))}
      <b>
        {load.value} of {a.capacity}
      </b>
    </p>
  );
}

export function Control() {
  const a = agent.value!;
  const stop = a.status === 'busy_stop_new';
  return (
    <div class="control">
      <h2 class="heard">Control panel</h2>
      <StatusMenu a={a} />
      <div class="shift">
        <Places a={a} />
        {(a.status === 'available' || stop) && (
          <button
            type="button"
            role="switch"
            aria-checked={stop}
            class="switch"
            disabled={busy.value.has('status')}
            onClick={() => void setStatus(stop ? 'available' : 'busy_stop_new')}
          >
            Stop new
          </button>
        )}
      </div>
      {a.status !== 'available' && !stop && (
        <button type="button" class="primary" disabled={busy.value.has('status')} onClick={() => void setStatus('available')}>
          {a.status === 'logged_out' ? 'Start: be available' : 'Be available again'}
        </button>
      )}
      {settings.value.sound && mute.value && a.status === 'available' && (
        <button type="button" class="warn" onClick={prepare}>
          Your browser blocks sound until you click here
        </button>
      )}
      {offers.value.map((offer) => (
        <OfferCard key={offer.id} offer={offer} />
      ))}
    </div>
  );
}

const whence: Record<Offer['reason'], string> = { new: '', requeued: 'Again in the queue', transfer: 'Transfer', returned: 'Wrote again' };

function OfferCard({ offer }: { offer: Offer }) {
  const c = offer.conversation;
  const seconds = left(offer.expires_at);
  const whole = Math.max(1, (Date.parse(offer.expires_at) - Date.parse(offer.offered_at)) / 1000);
  const name = nameOf(c, offer.customer_matches);
  const asked = busy.value.has(offer.id);
  const vip = Object.values(c.customer?.attributes ?? {}).find((v) => v.toUpperCase() === 'VIP');
  return (
    <article class="offer" aria-label={`Incoming SMS from ${name}`}>
      <header>
        <SMS />
        <strong>Incoming SMS</strong>
        <span class="time" aria-hidden="true">
          {seconds > 0 ? clock(seconds) : 'ending'}
        </span>
        <span class="heard">{spoken(seconds)} left to accept</span>
      </header>
      <progress value={Math.min(seconds / whole, 1)} aria-label="Time left" />
      <button type="button" class="look" aria-pressed={chosen.value === c.id} onClick={() => choose(c.id)}>
        <b>
          {name} {vip && <i class="tag">{vip}</i>}
        </b>
        <span>
          {number(c.customer_number)} · {queueName(c.queue)}
          {whence[offer.reason] && ` · ${whence[offer.reason]}`}
        </span>
        <q>{(offer.preview ?? [c.last_message]).map((m) => m?.text).join(' ')}</q>
      </button>
      <div class="answer">
        <button type="button" class="accept" disabled={asked} onClick={() => void accept(offer)} aria-keyshortcuts={ariaOf('accept')}>
          <Check /> Accept Chat
        </button>
        {choices.value.may_reject && (
          <button type="button" class="reject" disabled={asked} onClick={() => void reject(offer)} aria-keyshortcuts={ariaOf('reject')}>
            <Cross /> Reject
          </button>
        )}
      </div>
      {settings.value.sound && !mute.value && !silenced.value.has(offer.id) && (
        <button type="button" class="hush" onClick={silence}>
          Stop the sound (Esc)
        </button>
      )}
    </article>
  );
}
