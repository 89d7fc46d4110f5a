// The page on which one plays a customer's phone: it asks for the phone's texts once a second while it is seen.
'use strict';

const pause = 1000;
const at = (id) => document.getElementById(id);
const number = /^\+[1-9][0-9]{6,14}$/;
let shown = '';

async function call(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail || response.statusText);
  return body;
}

function complain(error) {
  at('trouble').textContent = error ? error.message : '';
}

function stateOf(text) {
  if (text.direction === 'received') return text.state === 'failed' ? `never arrived: ${text.detail}` : text.state;
  if (text.state === 'failed') return `not taken: ${text.detail}`;
  return text.state === 'delivered' ? 'taken by the business' : text.state;
}

// entry is one text; each keeps its element, so that a screen reader hears only what is new.
function entry(text) {
  const id = `text-${text.id}`;
  let item = at(id);
  if (!item) {
    item = document.createElement('li');
    item.id = id;
    const who = text.direction === 'sent' ? 'You' : 'Business';
    const words = [text.text, ...(text.media || []).map((kind) => `[attachment: ${kind}]`)].filter(Boolean).join('\n');
    const body = document.createElement('div');
    body.textContent = words;
    const foot = document.createElement('span');
    foot.dataset.label = `${who}, ${new Date(text.at).toLocaleTimeString()}`;
    item.append(body, foot);
  }
  item.className = `${text.direction} ${text.state}`;
  const foot = item.lastElementChild;
  const note = `${foot.dataset.label} · ${stateOf(text)}`;
  if (foot.textContent !== note) foot.textContent = note;
  return item;
}

function show(phone, line) {
  const log = at('log');
  const list = at('texts');
  const texts = phone.texts.filter((text) => text.from === line || text.to === line);
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const items = texts.map(entry);
  const keep = new Set(items);
  for (const old of [...list.children]) if (!keep.has(old)) old.remove();
  items.forEach((item, i) => { if (list.children[i] !== item) list.insertBefore(item, list.children[i] || null); });
  at('empty').hidden = texts.length > 0;
  at('blocked').hidden = !phone.blocked.includes(line);
  if (atEnd) log.scrollTop = log.scrollHeight;
}

async function refresh() {
  const own = at('own').value.trim();
  const line = at('line').value;
  if (!number.test(own) || !line) return;
  const key = `${own} ${line}`;
  const phone = await call(`phones/${encodeURIComponent(own)}`);
  if (key !== `${at('own').value.trim()} ${at('line').value}`) return; // chosen anew meanwhile
  if (key !== shown) at('texts').replaceChildren();
  shown = key;
  show(phone, line);
}

async function watch() {
  try {
    if (!document.hidden) {
      if (!at('line').options.length) await lines();
      await refresh();
      if (at('trouble').dataset.from === 'watch') complain(null);
    }
  } catch (error) {
    at('trouble').dataset.from = 'watch';
    complain(new Error(`The network does not answer (${error.message}). Trying again.`));
  }
  setTimeout(watch, pause);
}

async function lines() {
  const { items } = await call('lines');
  at('line').replaceChildren(...items.map((line) => new Option(`${line.number} (${line.id}, ${line.carrier})`, line.number)));
}

async function send(text, media) {
  const body = JSON.stringify({ from: at('own').value.trim(), to: at('line').value, text, media });
  at('send').disabled = true;
  at('trouble').dataset.from = 'send';
  try {
    const sending = call('texts', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    at('text').value = '';
    at('picture').checked = false;
    await sending;
    complain(null);
  } catch (error) {
    if (!at('text').value) at('text').value = text;
    complain(error);
  } finally {
    at('send').disabled = false;
    at('text').focus();
  }
  await refresh().catch(complain);
}

at('write').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!at('who').reportValidity()) return;
  send(at('text').value, at('picture').checked ? ['image/jpeg'] : []);
});
at('stop').addEventListener('click', () => { if (at('who').reportValidity()) send('STOP', []); });
at('text').addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at('write').requestSubmit();
  }
});
at('who').addEventListener('submit', (event) => event.preventDefault());
at('who').addEventListener('input', () => refresh().catch(complain));
watch();
