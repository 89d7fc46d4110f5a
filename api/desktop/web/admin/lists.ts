// The lists of the document that have forms: what each member is called, and what is asked of it. A field that is not named here is
// kept as it is.
import type { Member, Tenant, Value } from './config';
import { members, type Field, type Option } from './field';
import { queueFields } from './queuefields';
import { ruleFields } from './rulefields';

export interface List {
  list: string; // of the document
  title: string;
  one: string;
  about: string;
  columns: [title: string, cell: (m: Member, t: Tenant) => string][];
  fields: Field[];
}

const days: Option[] = [
  ['mon', 'Mon'],
  ['tue', 'Tue'],
  ['wed', 'Wed'],
  ['thu', 'Thu'],
  ['fri', 'Fri'],
  ['sat', 'Sat'],
  ['sun', 'Sun'],
];
const statuses: Option[] = [
  ['busy_stop_new', 'Busy, stop new'],
  ['on_break', 'On break'],
  ['working_offline', 'Working offline'],
  ['logged_out', 'Logged out'],
];
const carriers = 'twilio telnyx vonage vonage_sms bandwidth plivo sinch messagebird bird 8x8 infobip kannel simulated'.split(' ').map((c): Option => [c, c]);

const text = (v: Value) => (v === undefined || v === null ? '' : String(v));
const joined = (v: Value) => (Array.isArray(v) ? v.map(text).join(', ') : '');
const needs = (v: Value) => (Array.isArray(v) ? v.map((n) => `${text((n as Member).skill)} ${text((n as Member).level)}`).join(', ') : '');
const name: Field = { kind: 'text', name: 'name', words: 'Name' };
const person: Field[] = [
  { ...name },
  { kind: 'password', name: 'password', words: 'New password', hint: 'Left empty, it stays as it is.' },
  { kind: 'text', name: 'login', words: 'Login at the identity provider', hint: 'Usually an e-mail address; empty: the id.' },
];

export const lists: List[] = [
  {
    list: 'queues',
    title: 'Queues',
    one: 'queue',
    about: 'Agents say which queues they serve, channels which one they lead to.',
    columns: [
      ['Needs', (m) => needs(m.skills)],
      ['Priority', (m) => text(m.priority ?? 5)],
      ['Open', (m) => text(m.schedule) || 'always'],
    ],
    fields: queueFields,
  },
  {
    list: 'skills',
    title: 'Skills',
    one: 'skill',
    about: 'Queues need them at a level; agents have them at one.',
    columns: [
      [
        'Agents who have it',
        (m, t) =>
          ((t.agents ?? []) as Member[])
            .filter((a) => text(m.id) in ((a.skills ?? {}) as Member))
            .map((a) => text(a.name))
            .join(', ') || 'nobody',
      ],
    ],
    fields: [],
  },
  {
    list: 'agents',
    title: 'Agents',
    one: 'agent',
    about: 'Up to six conversations at once for each.',
    columns: [
      ['Serves', (m) => joined(m.queues)],
      [
        'Skills',
        (m) =>
          Object.entries((m.skills ?? {}) as Member)
            .map(([s, l]) => `${s} ${text(l)}`)
            .join(', '),
      ],
      ['At once', (m) => text(m.capacity ?? 4)],
    ],
    fields: [
      ...person,
      { kind: 'number', name: 'capacity', words: 'Conversations at once', min: 1, max: 6, usual: '4' },
      { kind: 'many', name: 'queues', words: 'Serves', of: members('queues') },
      { kind: 'levels', name: 'skills', words: 'Skills', of: members('skills') },
      { kind: 'number', name: 'offer_timeout_seconds', words: 'An offer rings for, in seconds', min: 15, max: 60, usual: '30' },
      { kind: 'number', name: 'ramp_up_seconds', words: 'At the beginning of a shift, one more after each, in seconds', min: 5, max: 3600, usual: 'no limit' },
      { kind: 'check', name: 'may_reject', words: 'May reject offers' },
    ],
  },
  {
    list: 'channels',
    title: 'Channels',
    one: 'channel',
    about: 'Business numbers, each at a carrier. Secrets are written as env:NAME or file:PATH, or as they are.',
    columns: [
      ['Number', (m) => text(m.number)],
      ['Carrier', (m) => text(m.carrier)],
      ['Queue', (m) => text(m.queue)],
    ],
    fields: [
      { kind: 'choice', name: 'carrier', words: 'Carrier', of: carriers },
      { kind: 'text', name: 'number', words: 'Number', hint: 'As +14155550100; never a short code.', needed: true },
      { kind: 'choice', name: 'queue', words: 'Queue', of: members('queues') },
      {
        kind: 'rows',
        name: 'rules',
        words: 'Rules',
        ordered: true,
        hint: 'By the first text and its customer. The first rule counts whose conditions all hold; one without conditions always does.',
        another: 'Another rule',
        row: ruleFields,
      },
      { kind: 'text', name: 'account', words: 'Account' },
      { kind: 'text', name: 'application', words: 'Application' },
      { kind: 'secret', name: 'secret', words: 'Secret' },
      { kind: 'text', name: 'public_key', words: 'Public key' },
      { kind: 'secret', name: 'api_key', words: 'API key' },
      { kind: 'text', name: 'api_base', words: 'API address', hint: "Empty: the carrier's own." },
      {
        kind: 'choice',
        name: 'keyword_replies',
        words: 'STOP, START and HELP are answered by',
        of: [
          ['carrier', 'the carrier'],
          ['engine', 'Switchyard'],
          ['none', 'nobody'],
        ],
        usual: 'the carrier',
      },
      { kind: 'number', name: 'segments_per_second', words: 'Segments a second', min: 0, max: 1000, step: 'any', usual: '1, toll-free 3' },
      { kind: 'number', name: 'recover_hours', words: 'Looks for lost texts of the last hours', min: 0, max: 72, usual: '0' },
    ],
  },
  {
    list: 'schedules',
    title: 'Hours',
    one: 'schedule',
    about: 'When queues are open, in a time zone of their own.',
    columns: [
      ['Zone', (m) => text(m.zone)],
      ['Open', (m) => ((m.open ?? []) as Member[]).map((o) => `${joined(o.days)} ${text(o.from)}–${text(o.to)}`).join('; ')],
    ],
    fields: [
      { kind: 'text', name: 'zone', words: 'Time zone', hint: 'As Europe/Berlin or America/New_York.', needed: true },
      {
        kind: 'rows',
        name: 'open',
        words: 'Open',
        another: 'More hours',
        row: [
          { kind: 'many', name: 'days', words: 'On', of: days },
          { kind: 'time', name: 'from', words: 'From', needed: true },
          { kind: 'time', name: 'to', words: 'To', needed: true },
        ],
      },
      {
        kind: 'rows',
        name: 'holidays',
        words: 'Holidays',
        another: 'Another holiday',
        row: [
          { kind: 'date', name: 'date', words: 'Day', needed: true },
          { kind: 'text', name: 'name', words: 'Name' },
        ],
      },
      {
        kind: 'rows',
        name: 'exceptions',
        words: 'Days with hours of their own',
        another: 'Another day',
        row: [
          { kind: 'date', name: 'date', words: 'Day', needed: true },
          { kind: 'time', name: 'from', words: 'From', needed: true },
          { kind: 'time', name: 'to', words: 'To', needed: true },
        ],
      },
    ],
  },
  {
    list: 'faqs',
    title: 'FAQs',
    one: 'FAQ',
    about: 'Answers in plain text, which agents insert into replies.',
    columns: [
      ['Text', (m) => text(m.text)],
      ['Queues', (m) => joined(m.queues) || 'all'],
    ],
    fields: [
      { kind: 'text', name: 'title', words: 'Title', needed: true },
      { kind: 'area', name: 'text', words: 'Text', hint: '{customer} and {agent} stand for names.' },
      { kind: 'many', name: 'queues', words: 'For the queues', of: members('queues'), hint: 'None chosen: for all.' },
    ],
  },
  {
    list: 'dispositions',
    title: 'Dispositions',
    one: 'disposition',
    about: 'How a conversation went: agents choose one at the end.',
    columns: [],
    fields: [{ ...name, needed: true }],
  },
  {
    list: 'status_reasons',
    title: 'Status reasons',
    one: 'status reason',
    about: 'Why agents are not available.',
    columns: [['With', (m) => joined(m.statuses) || 'every status but available']],
    fields: [
      { ...name, needed: true },
      { kind: 'many', name: 'statuses', words: 'Offered with', of: statuses, hint: 'None chosen: with every one but available.' },
    ],
  },
  { list: 'supervisors', title: 'Supervisors', one: 'supervisor', about: 'They see the floor, and help.', columns: [], fields: person },
  { list: 'admins', title: 'Administrators', one: 'administrator', about: 'They come here.', columns: [], fields: person },
];
