// What the form of a queue asks for.
import { levels, members, type Field } from './field';

const need: Field[] = [
  { kind: 'choice', name: 'skill', words: 'Skill', of: members('skills') },
  { kind: 'choice', name: 'level', words: 'Level at least', of: levels, whole: true },
];

export const queueFields: Field[] = [
  { kind: 'text', name: 'name', words: 'Name' },
  { kind: 'number', name: 'priority', words: 'Priority', min: 1, max: 10, usual: '5', hint: 'Higher first. Queues of 8 are served as one line, the oldest first.' },
  {
    kind: 'rows',
    name: 'skills',
    words: 'Needs skills',
    another: 'Another skill',
    row: need,
  },
  {
    kind: 'choice',
    name: 'agent_rule',
    words: 'Asks first',
    of: [
      ['level_then_idle', 'the best, then the longest idle'],
      ['longest_idle', 'the longest idle'],
      ['least_busy', 'the least busy'],
      ['round_robin', 'each in turn'],
    ],
    usual: 'the best, then the longest idle',
  },
  { kind: 'number', name: 'offer_timeout_seconds', words: 'An offer rings for, in seconds', min: 15, max: 60, usual: "the agent's" },
  {
    kind: 'choice',
    name: 'missed_offers',
    words: 'Who misses an offer',
    of: [
      ['graduated', 'has a pause, and the second time a break'],
      ['strict', 'is on break at once'],
    ],
    usual: 'has a pause, and the second time a break',
  },
  { kind: 'number', name: 'post_processing_seconds', words: 'Post-processing, in seconds', min: 0, max: 3600, usual: '60', hint: '0: none.' },
  { kind: 'check', name: 'disposition_required', words: 'A disposition is needed to end' },
  { kind: 'number', name: 'service_level_seconds', words: 'In time is an accept within, in seconds', min: 0, max: 3600, usual: '60' },
  { kind: 'choice', name: 'schedule', words: 'Open hours', of: members('schedules'), usual: 'always open' },
  {
    kind: 'choice',
    name: 'closed.then',
    words: 'While it is closed, texts',
    of: [
      ['wait', 'wait'],
      ['queue', 'go to another queue'],
      ['case', 'become a case'],
    ],
    usual: 'wait',
  },
  { kind: 'choice', name: 'closed.queue', words: 'The other queue', of: members('queues'), usual: 'none' },
  { kind: 'area', name: 'closed.reply', words: 'Reply while it is closed', hint: '{opens} stands for when it opens.' },
  { kind: 'number', name: 'reply_target_seconds', words: 'A reply is in time within, in seconds', min: 0, max: 3600, usual: 'no target', more: true },
  { kind: 'number', name: 'reopen_hours', words: 'A customer who writes again is known for, in hours', min: 0, max: 72, usual: '24', more: true },
  { kind: 'number', name: 'park_seconds', words: 'Parked after silence of, in seconds', min: 0, max: 86_400, usual: '1800', hint: '0: never.', more: true },
  { kind: 'number', name: 'pull_back_seconds', words: 'Taken back from an agent who does not answer for, in seconds', min: 0, max: 86_400, usual: 'never', more: true },
  { kind: 'check', name: 'takes_transfers', words: 'A transfer to it leaves the agent at once', more: true },
  { kind: 'number', name: 'offer_to', words: 'Agents who are offered a chat at once', min: 1, max: 10, usual: '1', more: true },
  { kind: 'number', name: 'aging_minutes', words: 'A wait counts as a point of priority after, in minutes', min: 1, max: 1440, usual: 'never', more: true },
  {
    kind: 'rows',
    name: 'preferred_skills',
    words: 'Prefers skills',
    more: true,
    another: 'Another preferred skill',
    row: need,
  },
  { kind: 'number', name: 'prefer_for_seconds', words: 'Insists on each of them for, in seconds', min: 0, max: 86_400, usual: 'not at all', more: true },
  { kind: 'area', name: 'waiting.welcome', words: 'Text to who begins to wait', more: true },
  { kind: 'area', name: 'waiting.position.text', words: 'Text to who still waits', hint: '{position}, {minutes} and {most_minutes} stand for what is known then.', more: true },
  { kind: 'number', name: 'waiting.position.after_seconds', words: 'Sent after, in seconds', min: 1, max: 86_400, more: true },
  {
    kind: 'rows',
    name: 'overflow',
    words: 'When there is too much to do',
    more: true,
    another: 'Another rule',
    row: [
      {
        kind: 'choice',
        name: 'when',
        words: 'When',
        of: [
          ['length', 'more wait than'],
          ['longest_wait', 'somebody has waited for, in seconds'],
          ['expected_wait', 'the expected wait is, in seconds'],
          ['no_agents', 'no agent is signed in'],
          ['max_wait', 'a chat has waited for, in seconds'],
        ],
      },
      { kind: 'number', name: 'over', words: 'How much', min: 0, max: 86_400 },
      {
        kind: 'choice',
        name: 'then',
        words: 'Then',
        of: [
          ['queue', 'to another queue'],
          ['case', 'it becomes a case'],
          ['reply', 'a text, and it waits on'],
        ],
      },
      { kind: 'choice', name: 'queue', words: 'The other queue', of: members('queues'), usual: 'none' },
      { kind: 'area', name: 'reply', words: 'Text to the customer' },
    ],
  },
];
