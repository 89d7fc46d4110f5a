// Fields of a form: each shows one value of a member and says what becomes of it. What the server says is wrong stands below.
import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Cross, Up } from '../shared/icons';
import type { Member, Value } from './config';
import { draft } from './draft';
import { levels, type Field, type Options } from './field';
import { valueAt, withValue } from './values';

export interface Props<F extends Field = Field> {
  field: F;
  value: Value;
  set: (value: Value) => void;
  trouble: string;
}

type Of<K extends Field['kind']> = Extract<Field, { kind: K }>;

const optionsOf = (of: Options) => (typeof of === 'function' ? of(draft.value.tenant ?? {}) : of);

export function Asked(p: Props) {
  switch (p.field.kind) {
    case 'check':
      return (
        <Below {...p}>
          {(rest) => (
            <label class="check">
              <input type="checkbox" checked={p.value === true} onChange={(event) => p.set(event.currentTarget.checked)} {...rest} /> {p.field.words}
            </label>
          )}
        </Below>
      );
    case 'words':
      return <Words {...(p as Props<Of<'words'>>)} />;
    case 'choice':
      return <Choice {...(p as Props<Of<'choice'>>)} />;
    case 'many':
      return <Many {...(p as Props<Of<'many'>>)} />;
    case 'levels':
      return <Levels {...(p as Props<Of<'levels'>>)} />;
    case 'rows':
      return <Rows {...(p as Props<Of<'rows'>>)} />;
    default:
      return <Line {...p} />;
  }
}

interface Rest {
  'aria-invalid'?: boolean;
  'aria-describedby'?: string;
}

// Below puts the hint and the trouble under a field.
function Below({ field, trouble, children }: Props & { children: (rest: Rest) => ComponentChildren }) {
  const id = useId();
  const rest: Rest = trouble || field.hint ? { 'aria-describedby': id, ...(trouble && { 'aria-invalid': true }) } : {};
  return (
    <div class="field">
      {children(rest)}
      <p id={id} class={trouble ? 'trouble' : 'hint'} hidden={!trouble && !field.hint}>
        {trouble || field.hint}
      </p>
    </div>
  );
}

function Line(p: Props) {
  const { field, value, set } = p;
  const shown = value === undefined || value === null ? '' : String(value);
  return (
    <Below {...p}>
      {(rest) => (
        <label>
          {field.words}
          {field.kind === 'area' ? (
            <textarea rows={3} value={shown} onInput={(event) => set(event.currentTarget.value)} {...rest} />
          ) : (
            <input
              value={shown}
              onInput={(event) => {
                const text = event.currentTarget.value;
                set(field.kind === 'number' && text !== '' ? Number(text) : text);
              }}
              {...inputOf(field)}
              {...rest}
            />
          )}
        </label>
      )}
    </Below>
  );
}

const wordsOf = (text: string) =>
  text
    .split(',')
    .map((w) => w.trim())
    .filter(Boolean);

// Words shows what is typed as it is typed, a comma at its end included, as long as that is what the field has.
function Words(p: Props<Of<'words'>>) {
  const [typed, setTyped] = useState('');
  const is = (Array.isArray(p.value) ? p.value : []).join(', ');
  return (
    <Below {...p}>
      {(rest) => (
        <label>
          {p.field.words}
          <input
            type="text"
            spellcheck={false}
            value={wordsOf(typed).join(', ') === is ? typed : is}
            onInput={(event) => {
              const text = event.currentTarget.value;
              setTyped(text);
              p.set(wordsOf(text));
            }}
            {...rest}
          />
        </label>
      )}
    </Below>
  );
}

function inputOf(field: Field): JSX.IntrinsicElements['input'] {
  switch (field.kind) {
    case 'number':
      return { type: 'number', min: field.min, max: field.max, step: field.step ?? '1', placeholder: field.usual ?? '' };
    case 'secret':
    case 'password':
      return { type: 'password', autocomplete: 'new-password' };
    case 'date':
      return { type: 'date', required: Boolean(field.needed) };
    case 'time':
      return { type: 'text', required: Boolean(field.needed), placeholder: '09:00', pattern: '([01][0-9]|2[0-3]):[0-5][0-9]|24:00', title: '09:00 to 24:00' };
    case 'text':
      return { type: 'text', required: Boolean(field.needed), spellcheck: false };
    default:
      return {};
  }
}

function Choice(p: Props<Of<'choice'>>) {
  const { field, value, set } = p;
  const options = optionsOf(field.of);
  const known = value === undefined || options.some(([v]) => v === String(value));
  return (
    <Below {...p}>
      {(rest) => (
        <label>
          {field.words}
          <select
            value={value === undefined ? '' : String(value)}
            required={field.usual === undefined}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              set(field.whole && chosen !== '' ? Number(chosen) : chosen);
            }}
            {...rest}
          >
            <option value="">{field.usual ?? 'Choose…'}</option>
            {!known && <option value={String(value)}>{String(value)}</option>}
            {options.map(([v, words]) => (
              <option key={v} value={v}>
                {words}
              </option>
            ))}
          </select>
        </label>
      )}
    </Below>
  );
}

function Many(p: Props<Of<'many'>>) {
  const { field, set } = p;
  const chosen = Array.isArray(p.value) ? p.value : [];
  const options = optionsOf(field.of);
  return (
    <Below {...p}>
      {(rest) => (
        <fieldset {...rest}>
          <legend>{field.words}</legend>
          <div class="boxes">
            {options.map(([v, words]) => (
              <label key={v} class="check">
                <input
                  type="checkbox"
                  checked={chosen.includes(v)}
                  onChange={(event) => set(event.currentTarget.checked ? [...chosen, v] : chosen.filter((c) => c !== v))}
                />{' '}
                {words}
              </label>
            ))}
            {options.length === 0 && <span class="none">There are none yet.</span>}
          </div>
        </fieldset>
      )}
    </Below>
  );
}

function Levels(p: Props<Of<'levels'>>) {
  const has = (p.value ?? {}) as Member;
  const options = optionsOf(p.field.of);
  return (
    <Below {...p}>
      {(rest) => (
        <fieldset {...rest}>
          <legend>{p.field.words}</legend>
          <div class="boxes">
            {options.map(([skill, words]) => (
              <label key={skill} class="level">
                {words}
                <select
                  value={has[skill] === undefined ? '' : String(has[skill])}
                  onChange={(event) => p.set(withValue(has, skill, event.currentTarget.value === '' ? '' : Number(event.currentTarget.value)))}
                >
                  <option value="">none</option>
                  {levels.map(([v]) => (
                    <option key={v} value={v}>
                      {v}
                    </option>
                  ))}
                </select>
              </label>
            ))}
            {options.length === 0 && <span class="none">There are none yet.</span>}
          </div>
        </fieldset>
      )}
    </Below>
  );
}

function Rows(p: Props<Of<'rows'>>) {
  const rows = (Array.isArray(p.value) ? p.value : []) as Member[];
  const put = (i: number, row: Member) => p.set(rows.map((r, n) => (n === i ? row : r)));
  return (
    <Below {...p}>
      {(rest) => (
        <fieldset {...rest}>
          <legend>{p.field.words}</legend>
          {rows.map((row, i) => (
            <div key={i} class="part" role="group" aria-label={`${p.field.words}, ${i + 1}`}>
              {p.field.row.map((f) => (
                <Asked key={f.name} field={f} value={valueAt(row, f.name)} trouble="" set={(v) => put(i, withValue(row, f.name, v))} />
              ))}
              {p.field.ordered && i > 0 && (
                <button type="button" class="plain" aria-label={`Move up ${p.field.words}, ${i + 1}`} onClick={() => p.set([...rows.slice(0, i - 1), row, ...rows.slice(i - 1).filter((r) => r !== row)])}>
                  <Up size={16} />
                </button>
              )}
              <button type="button" class="plain" aria-label={`Take out ${p.field.words}, ${i + 1}`} onClick={() => p.set(rows.filter((_, n) => n !== i))}>
                <Cross size={16} />
              </button>
            </div>
          ))}
          <button type="button" onClick={() => p.set([...rows, {}])}>
            {p.field.another}
          </button>
        </fieldset>
      )}
    </Below>
  );
}
