// The simulated carrier as seen from its phones (see Network in api/carrier/simulated).
import { once, read } from '../shared/call';

const network = '/simulated';

export interface Line {
  id: string;
  carrier: string;
  number: string;
}

export interface Text {
  id: string;
  direction: 'sent' | 'received';
  from: string;
  to: string;
  text: string;
  media?: string[];
  at: string;
  state: 'underway' | 'sent' | 'delivered' | 'failed';
  detail?: string;
}

export interface Phone {
  number: string;
  blocked: string[];
  texts: Text[];
}

export const lines = async (): Promise<Line[]> => (await read<{ items: Line[] }>(`${network}/lines`)).items;
export const phone = (number: string): Promise<Phone> => read(`${network}/phones/${encodeURIComponent(number)}`);
export const send = (from: string, to: string, text: string, media: string[]): Promise<unknown> =>
  once('POST', `${network}/texts`, { from, to, text, media });
