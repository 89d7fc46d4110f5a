// The sample contact centre on two nodes that share a Redis, with a front before them that leads to one or the other.
import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Centre, program } from './centre.mjs';

// Front passes every connection on to the port that is wanted when it is opened.
class Front {
  static async open() {
    const front = new Front();
    front.sockets = new Set();
    front.server = createServer((near) => front.pass(near));
    await new Promise((resolve) => front.server.listen(0, '127.0.0.1', resolve));
    front.base = `http://127.0.0.1:${front.server.address().port}`;
    return front;
  }

  pass(near) {
    const far = connect(this.to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      this.sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
  }

  async close() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

// Pair is a contact centre whose pages are reached by the front. Its first node has the phones, and both serve.
export class Pair extends Centre {
  static async start() {
    const pair = new Pair();
    pair.dir = await mkdtemp(path.join(tmpdir(), 'switchyard-'));
    const redis = await pair.reserve();
    const keeps = ['--bind', '127.0.0.1', '--port', redis, '--dir', pair.dir, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    pair.redis = await pair.started('redis-server', keeps, redis);
    pair.front = await Front.open();
    pair.more = ['--store', `redis://127.0.0.1:${redis}`];
    pair.port = await pair.reserve();
    await pair.run();
    await pair.unhurry();
    const second = await pair.reserve();
    const args = ['serve', '--listen', `127.0.0.1:${second}`, '--ops-listen', '127.0.0.1:0', '--public-url', pair.front.base, ...pair.more];
    pair.other = await pair.started(program, args, second);
    pair.base = pair.front.base;
    pair.front.to = second;
    return pair;
  }

  // started starts a process and waits until it listens at a port.
  async started(command, args, port) {
    const child = spawn(command, args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
    let [said, ended] = ['', null];
    for (const out of [child.stdout, child.stderr]) out.on('data', (chunk) => (said += chunk));
    child.once('exit', (code) => (ended = new Error(`${command} has ended with ${code}:\n${said}`)));
    await this.until(() => {
      if (ended) throw ended;
      return answers(port);
    });
    return child;
  }

  // lose kills the second node, to which the front leads, and has it lead to the first.
  async lose() {
    const gone = new Promise((resolve) => this.other.once('exit', resolve));
    this.other.kill('SIGKILL');
    await gone;
    this.front.to = this.port;
  }

  async stop() {
    await this.front.close();
    this.other.kill('SIGKILL');
    await this.kill();
    this.redis.kill('SIGKILL');
    await super.stop();
  }
}

// answers says whether something listens at a port.
function answers(port) {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1', () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
  });
}
