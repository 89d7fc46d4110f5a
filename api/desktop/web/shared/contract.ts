// The objects of the contract (openapi.yaml), as far as the pages use them.

export type Role = 'agent' | 'supervisor' | 'admin';
export type Status = 'available' | 'busy_stop_new' | 'on_break' | 'working_offline' | 'logged_out';
export type State = 'queued' | 'offered' | 'active' | 'parked' | 'post_processing' | 'ended';
export type Severity = 'low' | 'medium' | 'high' | 'critical';

export interface Holder {
  tenant: string;
  tenant_name: string;
  agent: string;
  name: string;
  role: Role;
  session: boolean;
}

export interface Agent {
  id: string;
  name: string;
  status: Status;
  status_reason?: string;
  status_since: string;
  capacity: number;
  load: number;
  connected: boolean;
  queues: string[];
  skills: Record<string, number>;
}

export interface Customer {
  id: string;
  name: string;
  numbers: string[];
  attributes: Record<string, string>;
  notes?: string;
  created_at: string;
  open_cases: number;
}

export interface Failure {
  class: string;
  detail?: string;
}

export type MessageState = 'queued' | 'sent' | 'delivered' | 'failed' | 'unknown';

export interface Message {
  id: string;
  seq: number;
  conversation: string;
  direction: 'inbound' | 'outbound';
  kind: 'sms' | 'auto' | 'note' | 'system';
  text: string;
  agent?: string;
  at: string;
  state?: MessageState;
  failure?: Failure;
  segments?: number;
  encoding?: string;
  client_ref?: string;
  whisper?: boolean; // a supervisor's note for the agent
}

export interface Conversation {
  id: string;
  state: State;
  channel: string;
  queue: string;
  business_number: string;
  customer_number: string;
  customer?: Customer;
  agent?: string;
  priority: number;
  created_at: string;
  state_since: string;
  waiting_since?: string;
  deadline?: string;
  extended: boolean;
  last_message?: Message;
  unread: number;
  unanswered_since?: string;
  linked_to?: string;
  case?: string;
  disposition?: string;
  opted_out: boolean;
  opt_out_asked?: string; // the message that may be a wish for no more texts
  landline?: boolean;
  unreachable?: string; // why no text goes to the number
  transfer?: { agent?: string; queue?: string }; // under way
  taken_over?: boolean; // agent is a supervisor
  transferred_from?: string;
  rev: number;
}

export interface Offer {
  id: string;
  conversation: Conversation;
  reason: 'new' | 'requeued' | 'transfer' | 'returned';
  offered_at: string;
  expires_at: string;
  multi: boolean;
  customer_matches: Customer[];
  preview?: Message[];
}

export interface Desk {
  agent: Agent;
  offers: Offer[];
  conversations: Conversation[];
  cursor: string;
}

export interface Disposition {
  id: string;
  name: string;
}

export interface StatusReason {
  id: string;
  name: string;
  statuses?: Status[];
}

export interface QueueChoice {
  id: string;
  name: string;
  post_processing_seconds: number;
  disposition_required: boolean;
}

export interface Choices {
  may_reject: boolean;
  queues: QueueChoice[];
  colleagues: { id: string; name: string }[];
  dispositions: Disposition[];
  status_reasons: StatusReason[];
}

export interface QueueLine {
  id: string;
  name: string;
  waiting: number;
  waiting_since?: string;
}

export interface Case {
  id: string;
  number: number;
  subject: string;
  status: 'open' | 'closed';
  severity: Severity;
  customer?: string;
  conversations: string[];
  notes?: string;
  created_at: string;
}

export interface FAQ {
  id: string;
  title: string;
  text: string;
  segments: number;
}

export interface Segments {
  encoding: 'GSM-7' | 'UCS-2';
  segments: number;
  characters: number;
  left: number;
  not_gsm7: string[];
  not_plain: string[];
  repaired?: string;
}

export interface List<T> {
  items: T[];
  next_cursor: string | null;
}

export type Outcome = 'accepted' | 'rejected' | 'lapsed' | 'withdrawn' | 'taken';

// StreamEvent is the data of an event of the stream.
export interface StreamEvent {
  at: string;
  rev?: number;
  offer?: Offer;
  offer_id?: string;
  outcome?: Outcome;
  conversation?: Conversation;
  message?: Message;
  agent?: Agent;
  code?: string;
  detail?: string;
  queues?: QueueStanding[]; // with floor, as all of Floor
  server_time?: string;
}

export type View = Status | 'busy' | 'post_processing';

// Floor is what a wallboard shows.
export interface Floor {
  at: string;
  queues: QueueStanding[];
  agents: (Agent & { view: View })[];
  conversations: Standing[];
}

export interface QueueStanding {
  id: string;
  name: string;
  waiting: number;
  oldest_waiting_seconds: number;
  agents: Record<View, number>;
  service_level: { answered_within: number; ended: number; percent: number | null; threshold_seconds: number };
  replies: { in_target: number; answered: number; percent: number | null; target_seconds: number };
}

export interface Standing {
  id: string;
  state: State;
  queue: string;
  agent?: string;
  taken_over?: boolean;
  customer_number: string;
  priority: number;
  waits_in?: string;
  waiting_since?: string;
  state_since: string;
  unanswered_since?: string;
  rev: number;
}

export interface Waiting {
  conversation: Conversation;
  waiting_for: { for: string; detail: string }[];
}
