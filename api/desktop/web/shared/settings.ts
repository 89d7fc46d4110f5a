// What whoever sits here likes; kept in this browser.
import { effect, signal } from '@preact/signals';
import { keep, recall } from './kept';

export interface Settings {
  sound: boolean;
  volume: number; // 0..1
  notifications: boolean;
  enterSends: boolean;
  theme: 'system' | 'light' | 'dark';
  keys: Record<string, string>; // chosen instead of the usual ones
}

const usual: Settings = { sound: true, volume: 0.6, notifications: true, enterSends: false, theme: 'system', keys: {} };

export const settings = signal<Settings>({ ...usual, ...recall<Partial<Settings>>('settings', {}) });

export function change(some: Partial<Settings>): void {
  settings.value = { ...settings.value, ...some };
  keep('settings', settings.value);
}

effect(() => {
  const { theme } = settings.value;
  document.documentElement.style.colorScheme = theme === 'system' ? 'light dark' : theme;
});
