// A function that means harm: what it tries from inside, by name. Each attempt answers what it got; an error is a refusal.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** What an attempt must not get, whatever it answers. */
const attempts = {
  // The channel of old
  'channel: process.send': () => process.send({ kind: 'ready' }),
  'channel: process._send': () => process._send({ cmd: 'NODE_HANDLE_ACK' }),
  'channel: process.channel': () => process.channel.ref(),
  'channel: process.disconnect': () => process.disconnect(),
  'channel: its variable': () => must(process.env.NODE_CHANNEL_FD),
  'channel: its symbol': () => must(Object.getOwnPropertySymbols(process).find((s) => /IPC|channel/i.test(String(s)))),
  'channel: a pipe that passes handles': () => new (process.binding('pipe_wrap').Pipe)(2).open(3),
  'channel: a worker of a cluster': () => require('node:cluster').worker.send({}),
  // Signals and priorities
  'signal: the parent': () => process.kill(process.ppid, 0),
  'signal: the engine': ({ engine }) => process.kill(engine, 0),
  'signal: the engine, raw': ({ engine }) => must(process._kill(engine, 0) === 0),
  'signal: its own group': () => process.kill(0, 0),
  'signal: everybody': () => process.kill(-1, 0),
  'signal: the first process': () => must(process.ppid || undefined) && process.kill(1, 0),
  'signal: open the engine’s debugger': ({ engine }) => process._debugProcess(engine),
  'signal: a handle of a process': () => new (require('node:child_process').ChildProcess)()._handle.kill(9),
  'priority: the parent': () => os.setPriority(must(process.ppid || undefined), 19),
  'priority: the engine': ({ engine }) => os.setPriority(engine, 19),
  'priority: the first process': () => must(process.ppid || undefined) && os.setPriority(1, 19),
  // Descriptors
  'descriptor: an inherited file': () =>
    must(
      range(3, 256).find((fd) => {
        try {
          return fs.fstatSync(fd).isFile();
        } catch {
          return false;
        }
      }),
    ),
  'descriptor: write to any above the pipe': () =>
    must(
      range(4, 256).filter((fd) => {
        try {
          return fs.fstatSync(fd).isFile() && fs.writeSync(fd, 'x');
        } catch {
          return false;
        }
      })[0],
    ),
  'descriptor: reopen by /dev/fd': () => fs.readFileSync('/dev/fd/3'),
  'descriptor: the engine’s by /proc': ({ engine }) => fs.readdirSync(`/proc/${engine}/fd`),
  // Files
  'read: the engine’s data': ({ secret }) => fs.readFileSync(secret),
  'read: its folder': ({ secret }) => fs.readdirSync(path.dirname(secret)),
  'read: by a promise': ({ secret }) => fs.promises.readFile(secret),
  'read: by a stream': ({ secret }) =>
    new Promise((ok, no) => fs.createReadStream(secret).on('data', ok).on('error', no)),
  'read: by a blob': async ({ secret }) => (await fs.openAsBlob(secret)).text(),
  'read: by a copy': ({ secret }) => fs.copyFileSync(secret, '/tmp/copy'),
  'read: by a hard link': ({ secret }) => {
    fs.linkSync(secret, '/tmp/hard');
    return fs.readFileSync('/tmp/hard');
  },
  'read: by a symbolic link': ({ secret }) => {
    fs.symlinkSync(secret, '/tmp/soft');
    return fs.readFileSync('/tmp/soft');
  },
  'read: by a path with dots': ({ secret }) => fs.readFileSync(`/tmp/../${secret}`),
  'read: by a URL': ({ secret }) => fs.readFileSync(require('node:url').pathToFileURL(secret)),
  'read: by bytes': ({ secret }) => fs.readFileSync(Buffer.from(secret)),
  'read: by require': ({ secret }) => require(secret),
  'read: by import': ({ secret }) => import(secret),
  'read: the engine’s environment': ({ engine }) => fs.readFileSync(`/proc/${engine}/environ`),
  'read: the engine’s memory': ({ engine }) => fs.openSync(`/proc/${engine}/mem`),
  'read: the machine’s users': () => fs.readFileSync('/etc/passwd'),
  'read: by a loader': () => require('node:module').register('data:text/javascript,export const x = 1'),
  'write: its own code': () => fs.writeFileSync(path.join(process.env.LAMBDA_TASK_ROOT, 'x'), 'x'),
  'write: its own runtime': () => fs.writeFileSync(process.argv[1], 'x'),
  'write: the engine’s data': ({ secret }) => fs.writeFileSync(secret, 'x'),
  'write: beside them': ({ secret }) => fs.mkdirSync(`${secret}.folder`),
  'write: by a rename': ({ secret }) => {
    fs.writeFileSync('/tmp/mine', 'x');
    fs.renameSync('/tmp/mine', secret);
  },
  'write: by a link out of /tmp': ({ secret }) => {
    fs.symlinkSync(path.dirname(secret), '/tmp/out');
    fs.writeFileSync('/tmp/out/x', 'x');
  },
  'write: remove the data': ({ secret }) => fs.rmSync(secret),
  'write: a report': () => process.report.writeReport(path.join(process.env.LAMBDA_TASK_ROOT, 'report.json')),
  'write: a heap snapshot': () => require('node:v8').writeHeapSnapshot('/var/task/heap'),
  'write: by a flag of V8': () => require('node:v8').setFlagsFromString('--redirect-code-traces-to=/var/task/x'),
  'write: by an event log': () => require('node:trace_events').createTracing({ categories: ['v8'] }),
  'write: by a database': () => new (require('node:sqlite').DatabaseSync)('/var/task/x.db'),
  // Other programs
  'run: a shell': () => require('node:child_process').execSync('id'),
  'run: a program': () => must(require('node:child_process').spawnSync('/bin/true').status === 0),
  'run: itself': () => require('node:child_process').fork(__filename),
  'run: a thread': () => new (require('node:worker_threads').Worker)('1', { eval: true }),
  'run: a cluster': () => require('node:cluster').fork(),
  'run: native code': () => process.dlopen({ exports: {} }, '/usr/lib/x86_64-linux-gnu/libc.so.6'),
  'run: WASI with the root': () => new (require('node:wasi').WASI)({ version: 'preview1', preopens: { '/': '/' } }),
  'run: the inspector': () => require('node:inspector').open(0),
  'run: another user': () => must(process.getuid() === 0 ? undefined : process.setuid(0)),
  'permission: say yes to everything': ({ secret }) => {
    process.permission.has = () => true;
    return fs.readFileSync(secret);
  },
  'permission: an internal binding': () => process.binding('fs'),
};

const range = (from, to) => Array.from({ length: to - from }, (_, n) => from + n);
function must(got) {
  if (got === undefined || got === false) throw new Error('nothing there');
  return got;
}

/** What is tried on the pipe, the output, the memory, the disk and the clock: the engine sees what came of it. */
const frame = (kind, header, body = '') => {
  const head = Buffer.from(JSON.stringify(header));
  const fixed = Buffer.alloc(7);
  fixed.writeUInt32BE(3 + head.length + body.length);
  fixed.write(kind, 4);
  fixed.writeUInt16BE(head.length, 5);
  return Buffer.concat([fixed, head, Buffer.from(body)]);
};
const raw = (bytes) => {
  for (let at = 0; at < bytes.length; )
    try {
      at += fs.writeSync(3, bytes, at);
    } catch (e) {
      if (e.code !== 'EAGAIN') throw e;
    }
};
const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const deeds = {
  'pipe: bytes that are no frame': () => raw(Buffer.from('{"cmd":"NODE_HANDLE_ACK"}\n'.repeat(20000))),
  'pipe: bytes without an end': () => raw(Buffer.alloc(64e6, 0x61)),
  'pipe: a length of 4 GB': () => raw(Buffer.from([255, 255, 255, 255])),
  'pipe: a length, and nothing more': async () => {
    raw(Buffer.from([0, 95, 0, 0]));
    await wait(5e3);
  },
  'pipe: a header that is no JSON': () => raw(Buffer.from([0, 0, 0, 5, 65, 0, 2, 120, 120])),
  'pipe: an unknown kind': () => raw(frame('Z', {})),
  'pipe: ready once more': () => raw(frame('R', {})),
  'pipe: a start that failed': () => raw(frame('F', {}, '{"errorType":"x","errorMessage":"y","trace":[]}')),
  'pipe: another’s answer': () =>
    raw(frame('A', { requestId: '00000000-0000-4000-8000-000000000000', maxMemoryBytes: 1 }, '"forged"')),
  'pipe: taken twice': () => Array.from({ length: 200 }, (_, number) => raw(frame('T', { number }))),
  'pipe: an answer of the wrong shape': () => raw(frame('A', { requestId: 1 })),
  'pipe: an error of the wrong shape': (_, { awsRequestId: requestId }) =>
    raw(frame('E', { requestId, maxMemoryBytes: 1 }, '{"trace":"x"}')),
  'pipe: a log of no level': () => raw(frame('L', { level: 'constructor' }, 'x')),
  'pipe: two answers': async (_, { awsRequestId: requestId }) => {
    const a = frame('A', { requestId, maxMemoryBytes: 1 }, '1');
    raw(Buffer.concat([a, a]));
    await wait(500);
  },
  'pipe: closed': async () => {
    fs.closeSync(3);
    await wait(5e3);
  },
  'pipe: a flood of log lines': () => {
    for (;;) raw(frame('L', { level: 'INFO' }, 'x'.repeat(60000)));
  },
  'output: two megabytes of short lines': () => {
    fs.writeSync(1, 'x\n'.repeat(1e6));
    return 'through';
  },
  'output: long lines without an end': () => {
    for (let n = 0; n < 12; n++) fs.writeSync(1, 'x'.repeat(1e6));
    return 'through';
  },
  'output: a flood of errors': () => {
    for (;;) {
      try {
        fs.writeSync(2, `${'y'.repeat(99)}\n`);
      } catch (error) {
        // A full pipe: it goes on all the same.
        if (error.code !== 'EAGAIN') throw error;
      }
    }
  },
  'output: a console that does not stop': () => {
    for (;;) console.log('z'.repeat(1000));
  },
  'memory: buffers': async () => {
    const all = [];
    for (;;) {
      all.push(Buffer.alloc(20e6, 1));
      await wait(5);
    }
  },
  'memory: objects': () => {
    const all = [];
    for (;;) all.push({ a: all.length });
  },
  'memory: one array of typed numbers': () => {
    const all = [];
    for (;;) all.push(new Float64Array(1e7).fill(1));
  },
  'memory: after the answer': () => {
    setTimeout(() => {
      const all = [];
      for (;;) all.push(Buffer.alloc(20e6, 1));
    }, 2);
    return 'answered';
  },
  'time: a loop': () => {
    for (;;);
  },
  'time: a promise that never settles': () => wait(1e6),
  'time: a loop after the answer': () => {
    setTimeout(() => {
      for (;;);
    }, 1);
    return 'answered';
  },
  'time: a loop right after the answer': () => {
    setImmediate(() => {
      for (;;);
    });
    return 'answered';
  },
  'time: timers after the answer': () => {
    setInterval(() => {
      for (const until = Date.now() + 50; Date.now() < until; );
    }, 1);
    return 'answered';
  },
  'end: exit after the answer': () => {
    setTimeout(() => process.exit(9), 1);
    return 'answered';
  },
  'end: an error after the answer': () => {
    setTimeout(() => {
      throw new Error('late');
    }, 1);
    return 'answered';
  },
  'end: by a signal of its own': () => process.kill(process.pid, 'SIGKILL'),
  'end: stopped by itself': async () => {
    process.kill(process.pid, 'SIGSTOP');
    await wait(10);
  },
  'disk: all of it': () => {
    const fd = fs.openSync('/tmp/all', 'w');
    const block = Buffer.alloc(1 << 24, 1);
    try {
      for (let n = 0; n < 128; n++) fs.writeSync(fd, block);
    } catch (e) {
      return e.code;
    }
    return 'no end';
  },
};

exports.handler = async (event, context) => {
  if (event.deed) return deeds[event.deed](event, context);
  if (event.list) return { attempts: Object.keys(attempts), deeds: Object.keys(deeds) };
  const through = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      through[name] = String(await attempt(event)).slice(0, 100);
    } catch {
      // Refused.
    }
  }
  return { through, tried: Object.keys(attempts).length };
};
