// The tables of the floor: queues and agents. A row is opened by its name.
import { passed } from '../shared/clock';
import { clock } from '../shared/format';
import { Chevron } from '../shared/icons';
import { Menu } from '../shared/menu';
import type { Floor, Status, View } from '../shared/contract';
import { ask, busy, choose, chosen, floor, oldestIn, queueName } from './floor';

export const views: Record<View, string> = {
  available: 'Available',
  busy: 'Busy',
  post_processing: 'Post-processing',
  busy_stop_new: 'Busy, stop new',
  on_break: 'On break',
  working_offline: 'Working offline',
  logged_out: 'Logged out',
};

const declared: Status[] = ['available', 'busy_stop_new', 'on_break', 'working_offline', 'logged_out'];

export function Queues() {
  const f = floor.value!;
  return (
    <section class="card" aria-labelledby="queues">
      <h2 id="queues">Queues</h2>
      <div class="sideways" tabIndex={0} role="region" aria-label="Table of queues">
        <table>
          <thead>
            <tr>
              <th scope="col">Queue</th>
              <th scope="col">Waiting</th>
              <th scope="col">Oldest</th>
              <th scope="col">Taken in time, last hour</th>
              <th scope="col">Replies in time</th>
              <th scope="col">Available</th>
              <th scope="col">Busy</th>
              <th scope="col">On break</th>
            </tr>
          </thead>
          <tbody>
            {f.queues.map((q) => (
              <Queue key={q.id} q={q} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Queue({ q }: { q: Floor['queues'][number] }) {
  const oldest = oldestIn(q.id);
  const late = oldest !== null && oldest > q.service_level.threshold_seconds;
  const shown = chosen.value && 'queue' in chosen.value && chosen.value.queue === q.id;
  return (
    <tr data-shown={shown}>
      <th scope="row">
        <button type="button" class="name" aria-pressed={Boolean(shown)} onClick={() => choose({ queue: q.id })}>
          {q.name || q.id}
        </button>
      </th>
      <td class={q.waiting ? 'some' : ''}>{q.waiting}</td>
      <td class={late ? 'late' : ''}>
        {oldest === null ? '–' : clock(oldest)}
        {late && <span class="heard"> too long</span>}
      </td>
      <Level percent={q.service_level.percent} of={q.service_level.ended} />
      <Level percent={q.replies.percent} of={q.replies.answered} />
      <td>{q.agents.available}</td>
      <td>{q.agents.busy + q.agents.post_processing + q.agents.busy_stop_new}</td>
      <td>{q.agents.on_break + q.agents.working_offline}</td>
    </tr>
  );
}

function Level({ percent, of }: { percent: number | null; of: number }) {
  return (
    <td>
      {percent === null ? '–' : `${Math.round(percent)} %`}
      <small> of {of}</small>
    </td>
  );
}

export function Agents() {
  return (
    <section class="card" aria-labelledby="agents">
      <h2 id="agents">Agents</h2>
      <div class="sideways" tabIndex={0} role="region" aria-label="Table of agents">
        <table>
          <thead>
            <tr>
              <th scope="col">Agent</th>
              <th scope="col">State</th>
              <th scope="col">Chats</th>
              <th scope="col">Oldest unanswered</th>
              <th scope="col">Queues</th>
            </tr>
          </thead>
          <tbody>
            {floor.value!.agents.map((a) => (
              <Agent key={a.id} a={a} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Agent({ a }: { a: Floor['agents'][number] }) {
  const shown = chosen.value && 'agent' in chosen.value && chosen.value.agent === a.id;
  const oldest = floor.value!.conversations
    .filter((c) => c.agent === a.id && c.state === 'active' && c.unanswered_since)
    .map((c) => c.unanswered_since!)
    .toSorted()[0];
  const since = Date.parse(a.status_since) > 0 ? clock(passed(a.status_since)) : '';
  return (
    <tr data-shown={shown} class={a.view === 'logged_out' ? 'away' : ''}>
      <th scope="row">
        <button type="button" class="name" aria-pressed={Boolean(shown)} onClick={() => choose({ agent: a.id })}>
          {a.name}
        </button>
      </th>
      <td>
        <Menu
          name={`Status of ${a.name}`}
          disabled={busy.value}
          entries={declared.map((status) => ({
            label: views[status],
            chosen: a.status === status,
            act: () => void ask('PUT', `/v1/agents/${a.id}/status`, { status }, `${a.name}: ${views[status].toLowerCase()}.`),
          }))}
        >
          <span class={`lamp ${a.status}`} />
          <span>
            <span class="heard">{a.name}: </span>
            {views[a.view]}
            {a.status_reason && ` (${a.status_reason})`}
          </span>
          <small>{since}</small>
          <Chevron size={14} />
        </Menu>
        {!a.connected && a.status !== 'logged_out' && <small class="care"> No desktop open</small>}
      </td>
      <td>
        {a.load} of {a.capacity}
      </td>
      <td>{oldest ? clock(passed(oldest)) : '–'}</td>
      <td>{a.queues.map(queueName).join(', ')}</td>
    </tr>
  );
}
