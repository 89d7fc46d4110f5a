// Where an identity provider sends a browser back to: it brings a code, which becomes a session, and goes on to the page it came from.
import { signal } from '@preact/signals';
import { render } from 'preact';
import { once, wordsOf } from '../shared/call';
import type { Role } from '../shared/contract';
import { Mark } from '../shared/icons';
import { origin } from '../shared/provider';
import '../shared/settings';
import '../shared/base.css';

const home: Record<Role, string> = { agent: '/desk', supervisor: '/board', admin: '/admin' };

const trouble = signal('');

async function arrive(): Promise<void> {
  const brought = new URLSearchParams(location.search);
  history.replaceState(null, '', location.pathname); // what it brought is good for once, and for nobody who looks at the address
  const [code, state] = [brought.get('code'), brought.get('state')];
  if (!code || !state) {
    trouble.value = brought.get('error') === 'access_denied' ? 'You were not let in there, or have turned back.' : 'The identity provider has sent you back without an answer.';
    return;
  }
  try {
    const { role } = await once<{ role: Role }>('POST', '/v1/session', { code, state });
    location.replace(origin() || home[role]);
  } catch (error) {
    trouble.value = wordsOf(error);
  }
}

function App() {
  return (
    <main class="sign-in">
      <div class="arrival" aria-busy={!trouble.value}>
        <p class="brand">
          <Mark size={30} /> Switchyard
        </p>
        <h1>{trouble.value ? 'You are not signed in' : 'Signing you in…'}</h1>
        <p class="trouble" role="alert">
          {trouble.value}
        </p>
        {trouble.value && <a href={origin() || home.agent}>Back to signing in</a>}
      </div>
    </main>
  );
}

render(<App />, document.getElementById('app')!);
void arrive();
