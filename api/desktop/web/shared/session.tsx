// Who is signed in, and the form to sign in by. The credential is a cookie that scripts cannot read.
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { once, read, Refusal, Silence, whenSignedOut, wordsOf } from './call';
import type { Holder, Role } from './contract';
import { Mark } from './icons';
import { recall, keep } from './kept';
import { buttonOf, depart } from './provider';

// holder is who is signed in: null nobody, undefined not known yet.
export const holder = signal<Holder | null | undefined>(undefined);

// parting says why one has to sign in again.
export const parting = signal('');

// expire is the end of a session that nobody here has asked for.
export function expire(): void {
  if (holder.value) leave('Your session has ended. Sign in again to go on; nothing is lost.');
}

whenSignedOut(expire);

// leave forgets who is signed in.
export function leave(why: string): void {
  holder.value = null;
  parting.value = why;
}

// recognise finds out who the browser's cookie belongs to, and waits for a server that is away.
export async function recognise(): Promise<void> {
  for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
    try {
      holder.value = await read<Holder>('/v1/session');
      return;
    } catch (error) {
      if (error instanceof Refusal) {
        holder.value = null;
        return;
      }
      parting.value = 'The server does not answer. Trying again…';
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

const reserved: Record<Role, string> = { agent: 'agents', supervisor: 'supervisors', admin: 'administrators' };

// SignIn lets somebody of these roles in.
export function SignIn({ title, roles }: { title: string; roles: Role[] }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');
  const [tenant, setTenant] = useState(recall('tenant', ''));
  const [button, setButton] = useState('');
  useEffect(() => {
    let current = true;
    void buttonOf(tenant).then((words) => current && setButton(words));
    return () => void (current = false);
  }, [tenant]);
  const wrong = holder.value && !roles.includes(holder.value.role) ? `${holder.value.name} is signed in, but this page is for ${reserved[roles[0]!]}.` : '';

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const [agent, centre] = [String(form.get('agent')).trim(), String(form.get('tenant') ?? '').trim()];
    setBusy(true);
    setTrouble('');
    try {
      await once('POST', '/v1/session', { agent, password: String(form.get('password')), ...(centre && { tenant: centre }) });
      keep('agent', agent);
      keep('tenant', centre);
      parting.value = '';
      await recognise();
    } catch (error) {
      setTrouble(error instanceof Silence ? 'The server does not answer. Try again.' : wordsOf(error));
    }
    setBusy(false);
  }

  async function elsewhere() {
    setBusy(true);
    setTrouble('');
    try {
      await depart(tenant);
      keep('tenant', tenant);
    } catch (error) {
      setTrouble(wordsOf(error));
      setBusy(false);
    }
  }

  return (
    <main class="sign-in">
      <form onSubmit={submit} aria-labelledby="sign-in-title">
        <p class="brand">
          <Mark size={30} /> Switchyard
        </p>
        <h1 id="sign-in-title">{title}</h1>
        {(parting.value || wrong) && <p class="hint">{parting.value || wrong}</p>}
        <label>
          Name you sign in with
          <input name="agent" autocomplete="username" autocapitalize="none" spellcheck={false} required defaultValue={recall('agent', '')} />
        </label>
        <label>
          Password
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <details open={recall('tenant', '') !== ''}>
          <summary>Several contact centres here?</summary>
          <label>
            Contact centre
            <input name="tenant" autocomplete="organization" autocapitalize="none" spellcheck={false} defaultValue={tenant} onChange={(event) => setTenant(event.currentTarget.value.trim())} />
          </label>
        </details>
        <p class="trouble" role="alert">
          {trouble}
        </p>
        <button class="primary" disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
        {button && (
          <button type="button" disabled={busy} onClick={() => void elsewhere()}>
            {button}
          </button>
        )}
      </form>
    </main>
  );
}
