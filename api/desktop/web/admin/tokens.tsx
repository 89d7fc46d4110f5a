// Tokens and sessions: who may speak to the API. A token's text is shown once, to who has made it.
import { useEffect, useState } from 'preact/hooks';
import { command, readAll, wordsOf } from '../shared/call';
import { dateOf, timeOf } from '../shared/format';
import { tell } from '../shared/notices';
import type { Role } from '../shared/contract';

interface Token {
  id: string;
  token?: string;
  agent: string;
  role: Role;
  name?: string;
  session: boolean;
  created_at: string;
  expires_at?: string;
}

export function Tokens() {
  const [all, setAll] = useState<Token[]>([]);
  const [made, setMade] = useState<Token | null>(null);
  const load = async () => {
    try {
      setAll(await readAll<Token>('/v1/tokens'));
    } catch (error) {
      tell(wordsOf(error), true);
    }
  };
  useEffect(() => void load(), []);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const text = (name: string) => String(new FormData(form).get(name)).trim();
    const days = Number(text('days'));
    const body = { agent: text('agent'), role: text('role'), name: text('name'), expires_in_seconds: days * 24 * 3600 };
    try {
      setMade(await command<Token>('POST', '/v1/tokens', body));
      form.reset();
      await load();
    } catch (error) {
      tell(wordsOf(error), true);
    }
  }

  async function remove(t: Token) {
    try {
      await command('DELETE', `/v1/tokens/${t.id}`);
      tell(`The ${t.session ? 'session' : 'token'} of ${t.agent} has ended.`);
      await load();
    } catch (error) {
      tell(wordsOf(error), true);
    }
  }

  return (
    <section class="card" aria-labelledby="tokens">
      <h2 id="tokens">Tokens and sessions</h2>
      <form class="make" onSubmit={submit} aria-label="New token">
        <label>
          Whose
          <input name="agent" required autocapitalize="none" spellcheck={false} placeholder="dana" />
        </label>
        <label>
          Role
          <select name="role">
            <option value="agent">Agent</option>
            <option value="supervisor">Supervisor</option>
            <option value="admin">Administrator</option>
          </select>
        </label>
        <label>
          What for
          <input name="name" maxLength={128} />
        </label>
        <label>
          Days, 0 for ever
          <input name="days" type="number" min="0" max="3650" defaultValue="90" required />
        </label>
        <button class="primary">Make a token</button>
      </form>
      {made && (
        <p class="made" role="status">
          Copy it now; it is not shown again: <code>{made.token}</code>
        </p>
      )}
      <div class="sideways" tabIndex={0} role="region" aria-label="Table of tokens and sessions">
        <table>
          <thead>
            <tr>
              <th scope="col">Whose</th>
              <th scope="col">Kind</th>
              <th scope="col">What for</th>
              <th scope="col">Made</th>
              <th scope="col">Ends</th>
              <th scope="col">
                <span class="heard">Deeds</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {all.map((t) => (
              <tr key={t.id}>
                <th scope="row">{t.agent}</th>
                <td>
                  {t.session ? 'Session' : 'Token'}, {t.role}
                </td>
                <td>{t.name}</td>
                <td>
                  {dateOf(t.created_at)}, {timeOf(t.created_at)}
                </td>
                <td>{t.expires_at ? `${dateOf(t.expires_at)}, ${timeOf(t.expires_at)}` : 'never'}</td>
                <td>
                  <button type="button" aria-label={`End ${t.session ? 'session' : 'token'} of ${t.agent} ${t.name ?? ''}`} onClick={() => void remove(t)}>
                    End
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
