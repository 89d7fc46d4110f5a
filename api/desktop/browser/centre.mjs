// The sample contact centre in a process of its own, as somebody who tries it out would start it, and its customers' phones.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const program = process.env.SWITCHYARD;
if (!program) throw new Error('SWITCHYARD must name the program to test');

// Ports are taken from below those that the system gives to whoever asks for any (on Linux from 32768) and those that the Go tests give to
// their servers (redistest), and from above the last one that browsers refuse to open, 10080.
const [lowestPort, highestPort] = [10100, 11999];

// listen listens at a port, or returns null where somebody does. That alone keeps no process running.
function listen(port, host) {
  const server = createServer().unref();
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(port, host, () => resolve(server));
  });
}

export class Centre {
  more = []; // arguments
  reserved = []; // what holds ports until the end

  static async start() {
    const centre = new Centre();
    centre.dir = await mkdtemp(path.join(tmpdir(), 'switchyard-'));
    centre.port = await centre.reserve();
    await centre.run();
    await centre.unhurry();
    return centre;
  }

  // reserve takes a port for a process that is to listen at 127.0.0.1. Nobody else who reserves gets it until the end, be it while the
  // process is dead: the same port of 127.0.0.2 is held.
  async reserve() {
    for (;;) {
      const port = lowestPort + Math.floor(Math.random() * (highestPort - lowestPort + 1));
      const held = await listen(port, '127.0.0.2');
      const probe = held && (await listen(port, '127.0.0.1'));
      if (probe) {
        await new Promise((resolve) => probe.close(resolve));
        this.reserved.push(held);
        return port;
      }
      held?.close();
    }
  }

  // unhurry has offers ring as long as may be: a machine that tests is slow, and looks at a card for longer than people do. Nobody is
  // asked first because the customer knows them: that would ring for 20 seconds.
  async unhurry() {
    const ask = (at, init) => this.ask(this.file.admin.token, at, init);
    const seen = await ask('/v1/config', {});
    const { tenant, ...now } = await (await ask('/v1/config/edit', { method: 'POST', body: JSON.stringify({ source: await seen.text(), edits: [] }) })).json();
    const edits = tenant.queues.map((queue) => ({ list: 'queues', id: queue.id, value: { ...queue, offer_timeout_seconds: 60, reopen_hours: 0 } }));
    const { source } = await (await ask('/v1/config/edit', { method: 'POST', body: JSON.stringify({ ...now, edits }) })).json();
    await ask('/v1/config', { method: 'PUT', headers: { 'If-Match': seen.headers.get('ETag'), 'Content-Type': 'application/yaml' }, body: source });
  }

  // ask is a request with a token, that must be answered 2xx.
  async ask(token, at, init = {}) {
    const headers = { Authorization: `Bearer ${token}`, ...(init.body !== undefined && { 'Content-Type': 'application/json' }), ...init.headers };
    const response = await fetch(this.base + at, { ...init, headers });
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${at}: ${response.status} ${await response.text()}`);
    return response;
  }

  // run starts the process, the first time or again after its end, at the same address.
  async run() {
    const args = ['demo', '--listen', `127.0.0.1:${this.port}`, '--ops-listen', '127.0.0.1:0', '--data', this.dir, ...this.more];
    this.process = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
    let said = '';
    this.process.stderr.on('data', (chunk) => (said += chunk));
    await new Promise((resolve, reject) => {
      let told = '';
      this.process.stdout.on('data', (chunk) => {
        told += chunk;
        if (told.includes('curl ')) resolve();
      });
      void this.exited.then((code) => reject(new Error(`the demo has ended with ${code}:\n${said}`)));
    });
    this.file = JSON.parse(await readFile(path.join(this.dir, 'demo.json'), 'utf8'));
    this.base = this.phones = this.file.base_url;
  }

  // kill ends the process as a power cut would.
  async kill() {
    this.process.kill('SIGKILL');
    await this.exited;
  }

  async stop() {
    await this.kill();
    for (const held of this.reserved) held.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  person(id) {
    return [...this.file.agents, this.file.supervisor, this.file.admin].find((p) => p.id === id);
  }

  line(id = 'support-line') {
    return this.file.channels.find((c) => c.id === id).number;
  }

  // call asks the API as somebody, by their token.
  async call(id, method, at, body, headers = {}) {
    const init = { method, headers, ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }) };
    const response = await this.ask(this.person(id).token, at, init);
    return response.status === 204 ? undefined : response.json();
  }

  // change replaces the tenant's configuration by what edit makes of it.
  async change(edit) {
    const now = await this.ask(this.file.admin.token, '/v1/config', { headers: { Accept: 'application/json' } });
    const tenant = await now.json();
    edit(tenant);
    await this.call(this.file.admin.id, 'PUT', '/v1/config', tenant, { 'If-Match': now.headers.get('ETag') });
  }

  // text has a customer's phone text a business number.
  async text(from, text, to = this.line()) {
    const response = await fetch(`${this.phones}/simulated/texts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ from, to, text }),
    });
    const { webhook_status: status } = await response.json();
    if (status < 200 || status > 299) throw new Error(`the text was answered ${status}`);
  }

  // until asks again and again until there is an answer.
  async until(ask) {
    for (;;) {
      const answer = await ask();
      if (answer) return answer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  // phone is what a customer's phone has sent and received.
  async phone(number) {
    const response = await fetch(`${this.phones}/simulated/phones/${encodeURIComponent(number)}`);
    return response.json();
  }
}

// customers are those whom the sample contact centre knows.
export const customers = {
  ana: '+12025550110',
  ben: '+12025550111',
  chloe: '+12025550113',
  diego: '+12025550114',
  eva: '+12025550115',
  finn: '+12025550116',
  stranger: '+12025550177',
};
