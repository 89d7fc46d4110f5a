// Which key does what: the usual ones, and those that the agent has chosen instead. A key is known by its place on the keyboard, and
// always goes with Alt, so that nobody who dictates or mistypes sets anything off.
import { change, settings } from '../shared/settings';

const usual = {
  accept: 'KeyA',
  reject: 'KeyR',
  next: 'ArrowDown',
  previous: 'ArrowUp',
  unanswered: 'KeyU',
  reply: 'KeyL',
  note: 'KeyN',
  record: 'KeyC',
  save: 'KeyS',
  transfer: 'KeyT',
  end: 'KeyE',
  extend: 'KeyX',
  wrapUp: 'KeyP',
  stopNew: 'KeyB',
} as const;

export type Deed = keyof typeof usual;

// codeOf is the key that does it.
export const codeOf = (deed: Deed): string => settings.value.keys[deed] ?? usual[deed];

const signs: Record<string, string> = {
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Comma: ',',
  Period: '.',
  Semicolon: ';',
  Quote: "'",
  BracketLeft: '[',
  BracketRight: ']',
  Minus: '-',
  Equal: '=',
};

// may says whether a key can be chosen: digits with Alt change the browser's tabs, and the others have a use of their own.
export const may = (code: string): boolean => /^Key[A-Z]$/.test(code) || code in signs;

const labelOf = (code: string) => signs[code] ?? code.replace('Key', '');

// keysOf is what to press, as it is shown.
export const keysOf = (deed: Deed): string => `Alt ${labelOf(codeOf(deed))}`;

// ariaOf is the same for aria-keyshortcuts.
export const ariaOf = (deed: Deed): string => `Alt+${codeOf(deed).replace('Key', '')}`;

export const chosen = (): boolean => Object.keys(settings.value.keys).length > 0;

// assign gives a deed another key. Who had it gets the old one; the answer says who that is.
export function assign(deed: Deed, code: string): Deed | undefined {
  const before = codeOf(deed);
  const other = (Object.keys(usual) as Deed[]).find((d) => d !== deed && codeOf(d) === code);
  const keys: Record<string, string> = { ...settings.value.keys, [deed]: code, ...(other && { [other]: before }) };
  for (const d of Object.keys(usual) as Deed[]) if (keys[d] === usual[d]) delete keys[d];
  change({ keys });
  return other;
}

export function forgetChosen(): void {
  change({ keys: {} });
}
