// How times and numbers are written.

// clock writes seconds as 0:42, 12:05 or 1:02:03.
export function clock(seconds: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// spoken writes seconds for a screen reader.
export function spoken(seconds: number): string {
  const [m, s] = [Math.floor(seconds / 60), seconds % 60];
  return m > 0 ? `${m} min ${s} s` : `${s} s`;
}

const hours = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const days = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' });
const dates = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

export const timeOf = (at: string): string => hours.format(new Date(at));
export const dayOf = (at: string): string => days.format(new Date(at));
export const dateOf = (at: string): string => dates.format(new Date(at));

// number writes an E.164 number so that it can be read out: +1 202 555 0110.
export function number(e164: string): string {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  if (american) return `+1 ${american[1]} ${american[2]} ${american[3]}`;
  return e164.replace(/^(\+\d{2})(\d{3})(\d{3})(\d+)$/, '$1 $2 $3 $4');
}

// count writes a number with its word.
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
