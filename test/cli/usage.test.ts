import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { bin, type Installation, install } from './dynops.ts';

let dynops: Installation;

beforeAll(async () => {
  dynops = await install();
});

afterAll(() => dynops.remove());

interface Failure {
  ok: boolean;
  error: { code: string; message: string; hint: string | null };
}

/** The one document of a failing `--json` command. */
async function failure(
  words: string[],
  options?: Parameters<Installation['run']>[1],
): Promise<Failure & { status: number | null }> {
  const { status, stdout } = await dynops.run([...words, '--json'], options);
  return { status, ...(JSON.parse(stdout) as Failure) };
}

describe('what needs nothing', () => {
  it('prints the version', async () => {
    await expect(dynops.run(['--version'])).resolves.toMatchObject({
      status: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
    await expect(dynops.json(['--version'])).resolves.toEqual({ ok: true, version: packageJson.version });
  });

  it('prints help on stdout', async () => {
    const { status, stdout, stderr } = await dynops.run(['call', '--help']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Examples:');
  });
});

describe('a command line that cannot be acted on ends with 64', () => {
  it.runIf(process.platform === 'linux')('also where a file that is read as a whole does not end', async () => {
    for (const words of [
      ['call', 'echo', '--payload', '@/dev/zero'],
      ['load', '--data', '/dev/zero'],
      ['load', '--scenario', '/dev/zero'],
      ['request', 'POST', '/x', '--body', '@/dev/zero'],
      ['load', 'compare', '/dev/zero', '/dev/zero'],
    ]) {
      const { status, error } = await failure(words);
      expect({ status, ...error }, words.join(' ')).toMatchObject({ status: 64, code: 'Usage' });
      expect(error.message, words.join(' ')).toMatch(/^\S.*: \/dev\/zero is longer than 100 MB/);
    }
  });

  it.each([
    [[], 'command'],
    [['upp'], 'upp'],
    [['help', 'nosuch'], 'nosuch'],
    [['up', '--jsn'], '--jsn'],
    [['user', 'create', 'ada lovelace'], 'ada lovelace'],
    [['token', '--for', ''], '--for'],
    [['up', '--aws', '--endpoint-url', 'http://127.0.0.1:1'], '--endpoint-url'],
    [['status', '--profile', 'dev'], '--profile'],
    [['call', 'create', '--item', '{'], '--item'],
    [['call', 'create', '--item', '@absent.json'], 'absent.json'],
    [['down'], 'no terminal'],
    [['down', '--no-input'], '--no-input'],
    [['local', 'reset'], 'Delete'],
    [['local', 'logs', '--follow'], '--follow'],
  ])('%j', async (words, named) => {
    const { status, stdout, stderr } = await dynops.run(words.includes('--follow') ? [...words, '--json'] : words);
    expect(status).toBe(64);
    expect(words.includes('--follow') ? stdout : stderr).toContain(named);
    const document = await failure(words);
    expect(document).toMatchObject({ status: 64, ok: false, error: { code: expect.any(String) } });
    expect(document.error.message).toContain(named);
  });

  it('a value that the shell took apart is to be quoted', async () => {
    const { error } = await failure(['call', 'create', '--item', '{id:', '1}']);
    expect(error).toMatchObject({ code: 'Usage', hint: expect.stringContaining('quoted') });
  });

  it('and says nothing on stdout without --json', async () => {
    await expect(dynops.run(['upp'])).resolves.toMatchObject({ stdout: '' });
  });

  it('names the file and the key of a wrong setting', async () => {
    const folder = join(dynops.home, 'folder');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'dynops.json'), '{"regoin": "eu-west-1"}');
    const { status, error } = await failure(['status'], { cwd: folder });
    expect(status).toBe(64);
    expect(error.message).toContain(join(folder, 'dynops.json'));
    expect(error.message).toContain('regoin');
  });

  it('also when the environment is wrong', async () => {
    await expect(failure(['status'], { env: { DYNOPS_STACK: '../x' } })).resolves.toMatchObject({ status: 64 });
    await expect(failure(['local', 'start'], { env: { DYNOPS_PORT: 'http' } })).resolves.toMatchObject({ status: 64 });
    await expect(failure(['local', 'start'], { env: { DYNOPS_HOME: '/tmp/a*' } })).resolves.toMatchObject({
      status: 64,
    });
  });
});

it('a working folder that was deleted is told', async () => {
  const env = { PATH: process.env.PATH, HOME: dynops.home };
  const line = `mkdir gone && cd gone && rmdir ../gone && exec '${process.execPath}' '${bin}' local status`;
  await expect(promisify(execFile)('sh', ['-c', line], { cwd: dynops.home, env })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^ENOENT\nerror: .*\nThe working folder is no longer there: .*\n$/),
  });
});

describe('an endpoint that is not there', () => {
  it('fails with its address', async () => {
    const words = ['status', '--endpoint-url', 'http://127.0.0.1:1'];
    const env = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
    const { status, error } = await failure(words, { env });
    expect(status).toBe(1);
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('ends at --timeout when it never answers', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const bound = ['--timeout', '1', '--json', '--yes', '--endpoint-url', `http://127.0.0.1:${port}`];
    const env = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
    const ended = async (line: string) => {
      const { status, stdout } = await dynops.run([...line.split(' '), ...bound], { env });
      expect([line, status]).toEqual([line, 2]);
      expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'Timeout' } });
    };
    const startedAt = Date.now();
    await ended('status');
    // A call's own silence ends after 60 s.
    expect(Date.now() - startedAt).toBeLessThan(50_000);
    const others = [
      'up',
      'down',
      'call ping',
      'token',
      'logs',
      'trace show',
      'load',
      'tune',
      'table items',
      'user list',
    ];
    await Promise.all(others.map(ended));
    server.closeAllConnections();
    server.close();
  });
});

describe('an interruption', () => {
  it('at the second Ctrl-C has its document too', async () => {
    let ask: () => void = () => undefined;
    const server = createServer(() => ask()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const words = ['status', '--json', '--endpoint-url', `http://127.0.0.1:${port}`];
    const { status, stdout } = await dynops.run(words, {
      env: { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' },
      onSpawn: (child) => {
        ask = () => child.kill('SIGINT');
        child.stderr?.once('data', () => child.kill('SIGINT'));
      },
    });
    expect(status).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code: 'Interrupted', hint: expect.stringContaining('again') },
    });
    server.closeAllConnections();
    server.close();
  });
});

describe('values that AWS would refuse', () => {
  it.each([
    [['up', '--retention', '2'], /1, 3, 5, 7, 14/],
    [['up', '--runtime', 'python3.9'], /Node\.js runtime/],
    [['up', '--domain-prefix', 'Bad_Prefix!'], /lower-case letters/],
    [['up', '--domain-prefix', 'my-aws-pool'], /must not contain aws/],
    [['up', '--domain-prefix', 'mine.auth.example.com'], /only the part before the first dot/],
    [['up', '--domain-prefix', '-mine'], /must not begin or end with a hyphen/],
    [['up', '--domain-prefix', 'x'.repeat(64)], /must be 1 to 63 characters/],
    [['load', '--out', 'x.json', '--report', './x.json'], /name the same file/],
    [['load', '--abort-on-threshold', '--min-rate', '5/s'], /--abort-on-threshold needs one of the --max limits/],
    [['load', '--request', ' '], /a method and a path, such as "GET \/notes"/],
    [['up', '--callback-url', 'http://example.com/x'], /https:/],
    [['up', '--callback-url', 'https://example.com/#x'], /fragment/],
    [['client', 'update', '--logout-url', 'nowhere'], /URL/],
    [['client', 'update', '--callback-url', 'javascript:alert(1)'], /javascript:/],
    [['up', '--logout-url', 'data:text/html,x'], /data:/],
    [['load', '--out', '/nonexistent/x.json'], /--out: .* cannot be written/],
    [['load', 'compare', 'a', 'b', '--report', '/nonexistent/x.html'], /--report: .* cannot be written/],
    [['load', '--out', '/'], /--out: \/ is a folder/],
    [['table', 'export', '--out', '-'], /--out: - is not taken for stdout/],
    [['trace', 'show', '--report', '/nonexistent/x.html'], /--report: .* cannot be written/],
    [['trace', 'map', '--since', '7h'], /6 hours/],
    [['load', '--duration', '0s'], /"0s"/],
    [['load', '--rate', '1000000000/s'], /100000\/s/],
  ])('%j: 64, before anything is done', async (words, message) => {
    const { status, error } = await failure(words);
    expect(status).toBe(64);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('..');
  });

  it.each([
    [['load', '--out', 'kept.json', '--report', 'link'], '--out and --report'],
    [['load', '--out', 'kept.json', '--report', 'hard'], '--out and --report'],
    [['load', '--out', 'new', '--report', 'here/new'], '--out and --report'],
    [['load', '--scenario', 'kept.json', '--out', 'link'], '--scenario and --out'],
    [['load', '--data', 'kept.json', '--report', 'kept.json'], '--data and --report'],
    [['tune', '--request', 'POST /x', '--payload', '@kept.json', '--out', 'hard'], '--payload and --out'],
    [['load', 'compare', 'kept.json', 'x.json', '--report', 'link'], 'the first run and --report'],
  ])('%j would write over a file: 64', async (words, named) => {
    const at = (name: string) => join(dynops.home, name);
    await writeFile(at('kept.json'), 'kept');
    await symlink('kept.json', at('link')).catch(() => undefined);
    await link(at('kept.json'), at('hard')).catch(() => undefined);
    await symlink('.', at('here')).catch(() => undefined);
    const { status, error } = await failure(words);
    expect([status, error.message]).toEqual([64, expect.stringContaining(`${named} name the same file`)]);
    expect(await readFile(at('kept.json'), 'utf8')).toBe('kept');
  });

  it('in a settings file too', async () => {
    await writeFile(join(dynops.home, 'dynops.json'), '{"retentionDays": 2}');
    const { status, error } = await failure(['plan']);
    await writeFile(join(dynops.home, 'dynops.json'), '{}');
    expect(status).toBe(64);
    expect(error.message).toContain('"retentionDays" must be one of 1, 3, 5, 7, 14');
  });
});

describe('credentials', () => {
  const given = { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };

  it('that are missing end with 4 and the command that mends it', async () => {
    const env = { AWS_EC2_METADATA_DISABLED: 'true' };
    const { status, error } = await failure(['status', '--aws'], { env });
    expect(status).toBe(4);
    expect(error.hint).toContain('aws configure');
  });

  it.each([
    ['a profile that is not there', 'nobody', /aws configure --profile nobody/],
    ['a profile whose SSO login is missing', 'sso', /aws sso login --profile sso/],
    ['a profile whose SSO login has expired', 'expired', /aws sso login --profile expired/],
  ])('%s: 4, and the command that mends it', async (_what, profile, hint) => {
    const folder = join(dynops.home, '.aws');
    const cache = join(folder, 'sso', 'cache');
    await mkdir(cache, { recursive: true });
    const profileOf = (name: string) =>
      `[profile ${name}]\nsso_session = ${name}\nsso_account_id = 123456789012\nsso_role_name = dev\n` +
      `[sso-session ${name}]\nsso_region = us-east-1\nsso_start_url = https://example.com/start\n`;
    await writeFile(join(folder, 'config'), profileOf('sso') + profileOf('expired'));
    const cached = `${createHash('sha1').update('expired').digest('hex')}.json`;
    await writeFile(join(cache, cached), JSON.stringify({ accessToken: 'stale', expiresAt: '2020-01-01T00:00:00Z' }));
    const { status, error } = await failure(['up', '--aws', '--profile', profile]);
    expect(status).toBe(4);
    expect(error.hint).toMatch(hint);
  });

  /** Knows who asks, and refuses everything else. */
  async function startRefusing(code: string, message: string) {
    const server = createServer((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk) => {
        body += chunk;
      });
      incoming.on('end', () => {
        const query = String(incoming.headers['content-type']).includes('form');
        const known = body.includes('GetCallerIdentity') && code !== 'ExpiredToken';
        outgoing.writeHead(known ? 200 : 403, { 'x-amzn-requestid': 'r-1' });
        if (known) {
          outgoing.end(
            '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/dev</Arn>' +
              '<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
          );
        } else if (query) {
          outgoing.end(
            `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`,
          );
        } else outgoing.end(JSON.stringify({ __type: `${code}Exception`, message }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => server.close() };
  }

  it('without a permission: 4, and the action and the resource that were denied', async () => {
    const resource = 'arn:aws:iam::123456789012:role/lambda-apigateway-role';
    const denied = `User: arn:aws:iam::123456789012:user/dev is not authorized to perform: iam:GetRole on resource: ${resource} because no identity-based policy allows the iam:GetRole action`;
    const endpoint = await startRefusing('AccessDenied', denied);
    const { status, error } = await failure(['up', '--endpoint-url', endpoint.url], { env: given });
    endpoint.stop();
    expect(status).toBe(4);
    expect(error).toMatchObject({
      code: expect.stringMatching(/^AccessDenied/),
      hint: `Ask for the permission iam:GetRole on ${resource}, or use a profile that has it (--profile NAME).`,
      requestId: 'r-1',
    });
  });

  it('that have expired: 4, and how to renew them', async () => {
    const endpoint = await startRefusing('ExpiredToken', 'The security token included in the request is expired');
    const { status, error } = await failure(['up', '--endpoint-url', endpoint.url], { env: given });
    endpoint.stop();
    expect(status).toBe(4);
    expect(error.hint).toContain('aws sso login');
  });
});

/** A device on which there is never room. */
const full = '/dev/full';
/** Runs a command at a terminal of its own; that of Linux takes these words. */
const script = '/usr/bin/script';

describe('the output', () => {
  const shell = async (command: string, answer = '') => {
    const env = {
      PATH: process.env.PATH,
      TERM: 'xterm',
      DYNOPS_HOME: join(dynops.home, 'dynops'),
      dynops: `${process.execPath} ${bin}`,
    };
    const running = promisify(execFile)('sh', ['-c', command], { env });
    running.child.stdin?.end(answer);
    return running;
  };

  it.runIf(existsSync(full))('of a command that finds the disk full ends with 1, and what to do', async () => {
    await expect(shell(`$dynops completion bash > ${full}`)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ENOSPC\nerror: stdout .*\nFree some .*\n$/),
    });
    await expect(shell(`$dynops upp 2> ${full}`)).rejects.toMatchObject({ code: 64, stderr: '' });
  });

  it.runIf(process.platform === 'linux' && existsSync(script))(
    'has colours in a question, and none with --no-color',
    async () => {
      const shown = async (flag: string) => {
        const command = `stty cols 80; $dynops local reset ${flag}`;
        const { stdout } = await shell(`${script} -qc '${command}' /dev/null`, 'n');
        expect(stdout).toContain('Nothing was changed.');
        return stdout;
      };
      const color = '\u001b[3';
      await expect(shown('')).resolves.toContain(color);
      await expect(shown('--no-color')).resolves.not.toContain(color);
    },
  );

  it('may be closed early', async () => {
    const { status, stderr } = await dynops.run(['completion', 'bash'], {
      onSpawn: (child) => child.stdout?.destroy(),
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
