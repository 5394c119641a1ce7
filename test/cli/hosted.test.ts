import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hiddenFields, openBrowser } from '../local/login/browser.ts';
import { type Installation, install, type Outcome, stackFolder } from './dynops.ts';

let dynops: Installation;
let password: string;

beforeAll(async () => {
  dynops = await install();
  await dynops.json(['up']);
  password = await readFile(join(stackFolder(dynops), 'password'), 'utf8');
});

afterAll(() => dynops.remove());

/** What a browser does with the sign-in page: answers the redirect to the callback, unfollowed. */
async function signInAt(url: string, username: string, secret = password): Promise<string> {
  const toForm = await fetch(url, { redirect: 'manual' });
  const formUrl = new URL(toForm.headers.get('location') ?? '', url);
  const page = await fetch(formUrl);
  const html = (await page.text()).replaceAll('&amp;', '&');
  const fields = new URLSearchParams({ username, password: secret });
  for (const [input] of html.matchAll(/<input[^>]*type="?hidden[^>]*>/g)) {
    fields.set(/name="([^"]*)"/.exec(input)?.[1] ?? '', /value="([^"]*)"/.exec(input)?.[1] ?? '');
  }
  const signedIn = await fetch(new URL(/action="([^"]*)"/.exec(html)?.[1] ?? '', url), {
    method: 'POST',
    body: fields,
    redirect: 'manual',
    headers: {
      Cookie: page.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; '),
      Origin: new URL(url).origin,
    },
  });
  return signedIn.headers.get('location') ?? `no redirect but ${signedIn.status}`;
}

/** Runs `token --hosted-ui`, and `visit`s the page whose address it prints. */
function withPage(
  words: string[],
  visit: (url: string, child: { write(text: string): void }) => Promise<void>,
): Promise<Outcome> {
  let visited = false;
  return dynops.run(['token', '--hosted-ui', ...words], {
    keepStdin: true,
    onSpawn: (child) => {
      let shown = '';
      child.stderr?.on('data', (chunk: Buffer) => {
        shown += String(chunk);
        const url = /^http.*$/m.exec(shown)?.[0];
        if (visited || url === undefined || !shown.endsWith('\n')) return;
        visited = true;
        visit(url, { write: (text) => child.stdin?.end(text) }).catch(() => child.kill());
      });
    },
  });
}

/** Asks for a path that `fetch` would not send as it is. */
async function statusOf(origin: string, path: string): Promise<number | undefined> {
  const [response] = (await once(request(origin, { path }).end(), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

const callbackOf = (page: string): URL => new URL(new URL(page).searchParams.get('redirect_uri') ?? '');

describe('token --hosted-ui', () => {
  it('ends with a token that opens the API, when the browser comes back', async () => {
    const { status, stdout } = await withPage([], async (page) => {
      await fetch(await signInAt(page, 'testuser'));
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/) });
    const again = await dynops.run(['token']);
    expect(again.stdout).toBe(stdout);
    await expect(dynops.run(['call', 'ping'])).resolves.toMatchObject({ status: 0 });
  });

  it('asks again where --for names a user, and says “Signed in” only once the code was exchanged', async () => {
    const shown: string[] = [];
    const open = (words: string[], urlOf: (page: string) => Promise<string>) =>
      withPage(words, async (page) => {
        const { searchParams } = new URL(page);
        const target = await urlOf(page);
        const answer = await fetch(target);
        shown.push(`${searchParams.get('prompt')} ${searchParams.get('login_hint')}: ${await answer.text()}`);
      });
    const wrongCode = (page: string) =>
      Promise.resolve(`${callbackOf(page)}?code=made-up&state=${new URL(page).searchParams.get('state')}`);
    const statuses = [
      await open([], (page) => signInAt(page, 'testuser')),
      await open([], wrongCode),
      await open(['--for', 'testuser'], (page) => signInAt(page, 'testuser')),
      await open(['--for', 'ada'], (page) => signInAt(page, 'testuser')),
    ].map(({ status }) => status);
    expect(statuses).toEqual([0, 4, 0, 4]);
    expect(shown).toEqual([
      expect.stringMatching(/^null null: .*Signed in\./),
      expect.stringMatching(/^null null: .*Signing in failed/),
      expect.stringMatching(/^login testuser: .*Signed in\./),
      expect.stringMatching(/^login ada: .*Signing in failed/),
    ]);
  });

  it('lets another user in by a browser that is signed in already, and asks nobody twice without --for', async () => {
    const env = { DYNOPS_PASSWORD: 'Second-2' };
    await dynops.json(['user', 'create', 'grace'], { env });
    const browser = openBrowser();
    const trail: string[] = [];
    const come = (words: string[], username: string, secret: string) =>
      withPage(words, async (page) => {
        const { location = '' } = await browser.get(page);
        const isAsked = !location.startsWith(callbackOf(page).href);
        const form = isAsked ? await browser.get(location) : undefined;
        trail.push(
          isAsked ? `asked ${/name="username"[^>]*value="([^"]*)"/.exec(form?.text ?? '')?.[1] ?? ''}` : 'known',
        );
        const back = form
          ? (await browser.post(location, { ...hiddenFields(form.text), username, password: secret })).location
          : location;
        await fetch(back ?? '');
      });
    const who = async ({ status, stdout }: Outcome) => [
      status,
      status === 0
        ? JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString())['cognito:username']
        : '',
    ];
    expect(await who(await come([], 'testuser', password))).toEqual([0, 'testuser']);
    expect(await who(await come([], 'testuser', password))).toEqual([0, 'testuser']);
    expect(await who(await come(['--for', 'grace'], 'grace', 'Second-2'))).toEqual([0, 'grace']);
    expect(await who(await come(['--for', 'GRACE'], 'grace', 'Second-2'))).toEqual([0, 'grace']);
    expect(await who(await come(['--for', 'testuser'], 'testuser', password))).toEqual([0, 'testuser']);
    expect(await who(await come(['--for', 'grace'], 'testuser', password))).toEqual([4, '']);
    expect(trail).toEqual(['asked ', 'known', 'asked grace', 'asked GRACE', 'asked testuser', 'asked grace']);
  });

  it('takes the address from a person with --paste', async () => {
    const { status, stdout } = await withPage(['--no-browser', '--paste'], async (page, { write }) => {
      write(`${await signInAt(page, 'testuser')}\n`);
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/) });
  });

  it('is not fooled by another page, another host or another state', async () => {
    const answers: (number | undefined)[] = [];
    const { status } = await withPage([], async (page) => {
      const callback = callbackOf(page);
      const state = new URL(page).searchParams.get('state') ?? '';
      const attempts: [string, RequestInit][] = [
        [`${callback}?code=x&state=other`, {}],
        [`${callback}?code=x`, {}],
        [`${callback.origin}/?code=x&state=${state}`, {}],
        [`${callback}?code=x&state=${state}`, { method: 'POST' }],
        [`http://127.0.0.1:${callback.port}/callback?code=x&state=${state}`, {}],
      ];
      for (const [url, options] of attempts) answers.push((await fetch(url, options)).status);
      for (const path of ['//', '//[', 'http://[']) answers.push(await statusOf(callback.origin, path));
      await fetch(await signInAt(page, 'testuser'));
    });
    expect(answers).toEqual(Array(8).fill(404));
    expect(status).toBe(0);
  });

  it('ends with 4 when the pages refuse, the code is wrong, or somebody else signs in', async () => {
    const refusal = async (words: string[], query: (page: string) => Promise<string>): Promise<unknown> => {
      const { status, stdout } = await withPage([...words, '--json'], async (page) => {
        await fetch(await query(page));
      });
      return { status, code: (JSON.parse(stdout) as { error: { code: string } }).error.code };
    };
    const come = (page: string, query: Record<string, string>): Promise<string> => {
      const state = new URL(page).searchParams.get('state') ?? '';
      return Promise.resolve(`${callbackOf(page)}?${new URLSearchParams({ ...query, state })}`);
    };
    await expect(refusal([], (page) => come(page, { error: 'access_denied' }))).resolves.toEqual({
      status: 4,
      code: 'access_denied',
    });
    await expect(refusal([], (page) => come(page, { code: 'made-up' }))).resolves.toEqual({
      status: 4,
      code: 'invalid_grant',
    });
    await expect(refusal(['--for', 'ada'], (page) => signInAt(page, 'testuser'))).resolves.toEqual({
      status: 4,
      code: 'OtherUser',
    });
  });

  it('refuses a pasted address of another sign-in', async () => {
    const { status, stdout } = await withPage(['--no-browser', '--paste', '--json'], async (page, { write }) => {
      write(`${callbackOf(page)}?code=x&state=other\n`);
    });
    expect(status).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ForeignRedirect' } });
  });

  it('waits for nobody with --no-input', async () => {
    const { status, stdout, stderr } = await dynops.run(['token', '--hosted-ui', '--no-input', '--json']);
    expect(status).toBe(64);
    expect(JSON.parse(stdout).error.message).toMatch(/--no-input says that there is nobody/);
    expect(stderr).not.toContain('http');
  });

  it('asks for no user of the stack’s own', async () => {
    await dynops.json(['user', 'create', 'lin'], { env: { DYNOPS_PASSWORD: 'Third-3' } });
    await dynops.json(['user', 'delete', '--yes']);
    const { status, stdout } = await withPage([], async (page) => {
      await fetch(await signInAt(page, 'lin', 'Third-3'));
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/) });
  });

  it('goes on until Ctrl-C', async () => {
    const { status } = await dynops.run(['token', '--hosted-ui'], {
      onSpawn: (child) => child.stderr?.once('data', () => child.kill('SIGINT')),
    });
    expect(status).toBe(130);
  });
});
