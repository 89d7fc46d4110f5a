// What the form of a channel asks for of each of its rules.
import { members, need, type Field } from './field';

export const ruleFields: Field[] = [
  { kind: 'text', name: 'name', words: 'Name', hint: 'What an explanation calls it.' },
  { kind: 'words', name: 'keywords', words: 'When the text has one of the words', hint: 'Several with commas: invoice, bill.' },
  { kind: 'text', name: 'pattern', words: 'When the text matches', hint: 'A regular expression, as (?i)order #?[0-9]+.' },
  { kind: 'text', name: 'attribute.name', words: "When the customer's attribute" },
  { kind: 'text', name: 'attribute.is', words: 'Is' },
  { kind: 'choice', name: 'during', words: 'While these hours are open', of: members('schedules'), usual: 'whenever' },
  { kind: 'choice', name: 'outside', words: 'While these hours are closed', of: members('schedules'), usual: 'whenever' },
  { kind: 'choice', name: 'queue', words: 'It goes to', of: members('queues'), usual: "the channel's queue" },
  { kind: 'number', name: 'priority', words: 'With priority', min: 1, max: 10, usual: 'none' },
  { kind: 'rows', name: 'skills', words: 'Needs in addition', another: 'Another skill', row: need() },
  { kind: 'rows', name: 'preferred_skills', words: 'Prefers in addition', ordered: true, another: 'Another preferred skill', row: need() },
];
