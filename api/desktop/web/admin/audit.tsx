// The audit: who did what, the latest first.
import { useEffect, useState } from 'preact/hooks';
import { readAll, wordsOf } from '../shared/call';
import { dateOf, timeOf } from '../shared/format';
import { tell } from '../shared/notices';

interface Line {
  id: string;
  at: string;
  by: { role: string; id: string };
  action: string;
  [what: string]: unknown;
}

const shown = 200; // lines

export function Audit() {
  const [lines, setLines] = useState<Line[]>([]);
  const load = async () => {
    try {
      setLines((await readAll<Line>('/v1/audit')).toReversed().slice(0, shown));
    } catch (error) {
      tell(wordsOf(error), true);
    }
  };
  useEffect(() => void load(), []);
  const said = ['id', 'at', 'by', 'action'];
  const details = (l: Line) =>
    Object.entries(l)
      .filter(([name]) => !said.includes(name))
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ');
  return (
    <section class="card" aria-labelledby="audit">
      <header>
        <h2 id="audit">Audit</h2>
        <button type="button" onClick={() => void load()}>
          Look again
        </button>
      </header>
      <div class="sideways" tabIndex={0} role="region" aria-label="Table of the audit">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Who</th>
              <th scope="col">What</th>
              <th scope="col">To what</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((l) => (
              <tr key={l.id}>
                <td>
                  {dateOf(l.at)}, {timeOf(l.at)}
                </td>
                <td>
                  {l.by.id} <small>{l.by.role}</small>
                </td>
                <td>{l.action.replaceAll('_', ' ')}</td>
                <td>{details(l)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {lines.length === 0 && <p class="none">Nothing yet.</p>}
    </section>
  );
}
