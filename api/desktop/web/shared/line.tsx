// How the connection stands, in words.
import { tick } from './clock';
import { line } from './stream';

const settled = 3; // seconds for which a break is nothing to be told

export function Line() {
  const now = line.value;
  void tick.value; // time goes on
  const seconds = now.state === 'lost' ? Math.floor((performance.now() - now.since) / 1000) : 0;
  const words =
    now.state === 'live' ? 'Live' : now.state === 'lost' && seconds >= settled ? `Offline ${seconds} s: texts are not being received` : 'Connecting…';
  return (
    <p class={`line ${now.state === 'live' ? 'live' : seconds >= settled ? 'off' : 'opening'}`} role="status">
      <span class="lamp" />
      {words}
    </p>
  );
}
