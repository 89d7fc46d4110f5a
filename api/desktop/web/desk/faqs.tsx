// The answers that agents insert, searched as they type.
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { read, wordsOf } from '../shared/call';
import { count } from '../shared/format';
import { Search } from '../shared/icons';
import type { Conversation, FAQ, List } from '../shared/contract';
import { agent } from './state';

interface Props {
  c: Conversation;
  insert: (text: string) => void;
  close: () => void;
}

// filled puts names in the place of {customer} and {agent}. A customer without a name is greeted without one.
export function filled(text: string, customer: string | undefined, me: string): string {
  const named = customer ? text.replaceAll('{customer}', customer) : text.replaceAll(/ ?\{customer\}/g, '');
  return named.replaceAll('{agent}', me).trim();
}

export function FAQs({ c, insert, close }: Props) {
  const [words, setWords] = useState('');
  const [found, setFound] = useState<FAQ[] | null>(null);
  const [at, setAt] = useState(0);
  const [trouble, setTrouble] = useState('');
  const box = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => {
    let stopped = false;
    read<List<FAQ>>(`/v1/faqs?limit=50&queue=${encodeURIComponent(c.queue)}&q=${encodeURIComponent(words)}`).then(
      (list) => {
        if (stopped) return;
        setFound(list.items);
        setAt(0);
        setTrouble('');
      },
      (error) => !stopped && setTrouble(wordsOf(error)),
    );
    return () => {
      stopped = true;
    };
  }, [words, c.queue]);

  useEffect(() => {
    box.current?.querySelector('input')?.focus();
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node) && !(event.target as Element).closest('.faq')) close();
    };
    document.addEventListener('pointerdown', outside);
    return () => document.removeEventListener('pointerdown', outside);
  }, []);

  const text = (faq: FAQ) => filled(faq.text, c.customer?.name.split(' ')[0], agent.value!.name);
  const items = found ?? [];

  function onKeyDown(event: KeyboardEvent) {
    const n = items.length;
    if (event.key === 'ArrowDown' && n) setAt((at + 1) % n);
    else if (event.key === 'ArrowUp' && n) setAt((at + n - 1) % n);
    else if (event.key === 'Enter' && items[at]) insert(text(items[at]));
    else if (event.key === 'Escape') close();
    else if (event.key === '/' && !words) insert('/');
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div class="faqs" ref={box} onKeyDown={onKeyDown}>
      <div class="search">
        <Search size={16} />
        <input
          role="combobox"
          aria-label="Search FAQs"
          aria-expanded="true"
          aria-controls={id}
          aria-activedescendant={items[at] ? `${id}-${items[at].id}` : undefined}
          aria-autocomplete="list"
          autocomplete="off"
          placeholder="Search answers"
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      <div role="listbox" id={id} aria-label="FAQs">
        {items.map((faq, i) => (
          <div role="option" key={faq.id} id={`${id}-${faq.id}`} aria-selected={i === at} onClick={() => insert(text(faq))} onPointerMove={() => setAt(i)}>
            <b>{faq.title}</b>
            <span>{text(faq)}</span>
            <small>{count(faq.segments, 'segment')}</small>
          </div>
        ))}
      </div>
      {found?.length === 0 && <p class="none">No answer holds these words.</p>}
      {trouble && <p class="trouble">{trouble}</p>}
    </div>
  );
}
