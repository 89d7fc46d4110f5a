// A button with a menu, by the ARIA pattern: arrows move, Esc closes and gives the focus back.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

export interface Entry {
  label: string;
  detail?: string;
  chosen?: boolean; // of a choice of one; left out where entries are actions
  disabled?: boolean;
  act: () => void;
}

interface Props {
  name: string; // of the menu
  label?: string; // of the button, where its content does not say it
  entries: Entry[];
  class?: string;
  disabled?: boolean;
  up?: boolean;
  children: ComponentChildren;
}

export function Menu({ name, label, entries, children, disabled, up, ...rest }: Props) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const items = () => [...(root.current?.querySelectorAll<HTMLElement>('[role^=menuitem]:not([aria-disabled=true])') ?? [])];

  useEffect(() => {
    if (!open) return;
    const all = items();
    (all.find((item) => item.getAttribute('aria-checked') === 'true') ?? all[0])?.focus();
    const outside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, [open]);

  function close() {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!open) return;
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 };
    if (event.key in to) all[to[event.key]! % all.length]?.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') return setOpen(false);
    else if (event.key.length === 1 && /\S/.test(event.key) && !event.altKey && !event.ctrlKey && !event.metaKey) {
      const following = [...all.slice(at + 1), ...all];
      following.find((item) => item.textContent?.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div class={`menu ${rest.class ?? ''}`} ref={root} onKeyDown={onKeyDown}>
      <button type="button" aria-haspopup="menu" aria-expanded={open} aria-label={label} title={label} disabled={disabled} onClick={() => setOpen(!open)}>
        {children}
      </button>
      {open && (
        <div role="menu" aria-label={name} class={up ? 'up' : ''}>
          {entries.map((entry) => (
            <div
              key={entry.label}
              role={entry.chosen === undefined ? 'menuitem' : 'menuitemradio'}
              aria-checked={entry.chosen}
              aria-disabled={entry.disabled || undefined}
              tabIndex={-1}
              onClick={() => {
                if (entry.disabled) return;
                close();
                entry.act();
              }}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' && event.key !== ' ') return;
                event.preventDefault();
                event.currentTarget.click();
              }}
            >
              <span>{entry.label}</span>
              {entry.detail && <small>{entry.detail}</small>}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
