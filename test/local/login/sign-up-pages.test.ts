import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourlyCount } from '../../../src/local/cognito/hourly-limit.ts';
import { lastCode, sentTo, wrongCode } from '../cognito/inbox-reader.ts';
import { password } from '../cognito/pool-fixture.ts';
import { type Answer, type Browser, hiddenFields, openBrowser } from './browser.ts';
import { callback, type HostedFixture, startHosted } from './hosted-fixture.ts';

let hosted: HostedFixture;

beforeAll(async () => {
  hosted = await startHosted({ pool: { AutoVerifiedAttributes: ['email'] } });
});
afterAll(() => hosted?.engine.stop());

const alertOf = ({ text }: Answer) => /role="alert"[^>]*>([^<]*)</.exec(text)?.[1];
const noticeOf = ({ text }: Answer) => /role="status">([^<]*)</.exec(text)?.[1];
const titleOf = ({ text }: Answer) => /<h1>([^<]*)</.exec(text)?.[1];

/** Fills in what is asked for, keeps what the page hid, and sends it to `path`. */
const answer = (browser: Browser, path: string, page: Answer, given: Record<string, string>) =>
  browser.post(hosted.url(path), { ...hiddenFields(page.text), ...given });

async function signUp(browser: Browser, username: string, change: Record<string, string> = {}): Promise<Answer> {
  const page = await browser.get(hosted.url('/signup'));
  return answer(browser, '/signup', page, {
    username,
    'userAttributes.email': `${username}@example.com`,
    new_password: password,
    confirm_password: password,
    ...change,
  });
}

describe('signing up on the pages', () => {
  it('ends at the application, signed in by the code that was sent', async () => {
    const browser = openBrowser();
    const login = await browser.get(hosted.url('/login'));
    expect(login.text).toContain('>Create an account</a>');
    const confirm = await signUp(browser, 'ada');
    expect([confirm.status, titleOf(confirm), noticeOf(confirm)]).toEqual([
      200,
      'Confirm your account',
      'A code was sent to a***@e***.',
    ]);
    const code = lastCode(hosted, 'ada');
    expect(confirm.text).not.toMatch(new RegExp(`\\b${code}\\b`));
    const wrong = await answer(browser, '/confirm', confirm, { code: wrongCode(code) });
    expect([wrong.status, alertOf(wrong)]).toEqual([400, 'Invalid verification code provided, please try again.']);
    const resent = await answer(browser, '/resendcode', wrong, {});
    expect(noticeOf(resent)).toBe('A code was sent to a***@e***.');
    expect(sentTo(hosted, 'ada')).toHaveLength(2);
    const done = await answer(browser, '/confirm', resent, { code: lastCode(hosted, 'ada') });
    expect(done.location).toMatch(new RegExp(`^${callback}\\?code=`));
    // The browser is signed in.
    expect((await browser.get(hosted.url('/oauth2/authorize'))).location).toMatch(/\?code=/);
  });

  it('asks who confirms later, or elsewhere, to sign in', async () => {
    const browser = openBrowser();
    await signUp(browser, 'later');
    const login = await browser.get(hosted.url('/login'));
    const confirm = await answer(browser, '/login', login, { username: 'later', password: 'anything' });
    expect([titleOf(confirm), noticeOf(confirm)]).toEqual([
      'Confirm your account',
      'Your account is not confirmed yet.',
    ]);
    const done = await answer(browser, '/confirm', confirm, { code: lastCode(hosted, 'later') });
    expect([titleOf(done), noticeOf(done)]).toEqual(['Sign in', 'Your account is confirmed. Please sign in.']);
    expect(browser.cookies.has('cognito')).toBe(false);
  });

  it.each([
    [{ confirm_password: 'other-1' }, 'The two passwords differ.'],
    [{ 'userAttributes.email': 'nobody' }, 'Invalid email address format.'],
    [{ username: 'testuser' }, 'User already exists'],
    [{ username: '' }, 'Enter a name of at most 128 characters, without spaces.'],
    [{ username: 'a b' }, 'Enter a name of at most 128 characters, without spaces.'],
    [{ username: 'ada\t' }, 'Enter a name of at most 128 characters, without spaces.'],
    [{ username: 'x'.repeat(129) }, 'Enter a name of at most 128 characters, without spaces.'],
    [{ username: 'x" onfocus="alert(1)' }, 'Enter a name of at most 128 characters, without spaces.'],
    [{ username: 'x"onfocus="alert(1)', confirm_password: '' }, 'The two passwords differ.'],
  ])('shows the form again: %j', async (change, problem) => {
    const again = await signUp(openBrowser(), 'again', change);
    expect([again.status, titleOf(again), alertOf(again)]).toEqual([400, 'Create an account', problem]);
    expect(again.text).not.toMatch(/value="x" ?onfocus/);
  });

  it('remembers no guesses for what nobody can be called', async () => {
    const { engine } = hosted.engine;
    const browser = openBrowser();
    const confirm = await signUp(browser, 'guessed');
    for (const username of ['x'.repeat(20_000), 'a b', 'nobody']) {
      const counted = (purpose: string) => hourlyCount(engine, `${purpose} ${hosted.poolId}/${username}`);
      const given = { username, code: '000000', new_password: password, confirm_password: password };
      for (const path of ['/confirm', '/confirmForgotPassword'])
        expect((await answer(browser, path, confirm, given)).status).toBe(400);
      const link = new URLSearchParams({ user_name: username.slice(0, 5_000), confirmation_code: '000000' });
      expect((await browser.get(`${hosted.url('/confirmUser')}&${link}`)).status).toBe(400);
      await answer(browser, '/resendcode', confirm, given);
      const isName = username === 'nobody';
      expect(['guess sign-up', 'guess password', 'resend'].map(counted)).toEqual(isName ? [2, 1, 1] : [0, 0, 0]);
    }
  });

  it('is closed where only administrators make users', async () => {
    const { cognito, poolId: UserPoolId } = hosted;
    const settings = {
      UserPoolId,
      AutoVerifiedAttributes: ['email' as const],
      Policies: { PasswordPolicy: { MinimumLength: 6 } },
    };
    await cognito.updateUserPool({ ...settings, AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } });
    const browser = openBrowser();
    const login = await browser.get(hosted.url('/login'));
    expect(login.text).not.toContain('/signup');
    expect((await browser.get(hosted.url('/signup'))).status).toBe(403);
    expect((await answer(browser, '/signup', login, { username: 'eve' })).status).toBe(403);
    await cognito.updateUserPool(settings);
  });
});

async function addReachable(Username: string): Promise<void> {
  const { cognito, poolId: UserPoolId } = hosted;
  const UserAttributes = [
    { Name: 'email', Value: `${Username}@example.com` },
    { Name: 'email_verified', Value: 'true' },
  ];
  await cognito.adminCreateUser({ UserPoolId, Username, UserAttributes, MessageAction: 'SUPPRESS' });
  await cognito.adminSetUserPassword({ UserPoolId, Username, Password: password, Permanent: true });
}

async function forget(browser: Browser, username: string): Promise<Answer> {
  return answer(browser, '/forgotPassword', await browser.get(hosted.url('/forgotPassword')), { username });
}

describe('a forgotten password on the pages', () => {
  it('is replaced by the code, and opens the door then', async () => {
    await addReachable('grace');
    const browser = openBrowser();
    const reset = await forget(browser, 'grace');
    expect(titleOf(reset)).toBe('Choose a new password');
    const code = lastCode(hosted, 'grace');
    const fresh = { code, new_password: 'third-3', confirm_password: 'third-3' };
    const wrong = await answer(browser, '/confirmForgotPassword', reset, { ...fresh, code: wrongCode(code) });
    expect(alertOf(wrong)).toBe('Invalid verification code provided, please try again.');
    const short = { ...fresh, new_password: '123', confirm_password: '123' };
    expect((await answer(browser, '/confirmForgotPassword', wrong, short)).status).toBe(400);
    const done = await answer(browser, '/confirmForgotPassword', wrong, fresh);
    expect(noticeOf(done)).toBe('Your password was changed. Please sign in.');
    const login = await answer(browser, '/login', done, { username: 'grace', password: 'third-3' });
    expect(login.location).toMatch(/\?code=/);
  });

  it('says the same of a name that does not exist, though the client would tell programs', async () => {
    await addReachable('known');
    const said = async (username: string) => {
      const browser = openBrowser();
      const reset = await forget(browser, username);
      const fresh = { code: '12', new_password: 'third-3', confirm_password: 'third-3' };
      const wrong = await answer(browser, '/confirmForgotPassword', reset, fresh);
      return [reset.status, titleOf(reset), noticeOf(reset)?.replace(/ \S*$/, ''), wrong.status, alertOf(wrong)];
    };
    expect(await said('stranger')).toEqual(await said('known'));
  });

  it('says how long a name has to wait', async () => {
    await addReachable('hasty');
    const browser = openBrowser();
    let reset = await forget(browser, 'hasty');
    const code = wrongCode(lastCode(hosted, 'hasty'));
    const fresh = { code, new_password: 'third-3', confirm_password: 'third-3' };
    for (let count = 0; count < 16; count += 1) reset = await answer(browser, '/confirmForgotPassword', reset, fresh);
    expect(alertOf(reset)).toBe('Attempt limit exceeded, please try after some time. Try again in 60 minutes.');
  });
});

describe('foreign pages', () => {
  it.each(['/signup', '/confirm', '/resendcode', '/forgotPassword', '/confirmForgotPassword'])(
    'cannot post to %s',
    async (path) => {
      const browser = openBrowser();
      const { text } = await browser.get(hosted.url('/login'));
      const kept = { ...hiddenFields(text), username: 'mallory', new_password: password, confirm_password: password };
      const { _csrf, ...bare } = kept as Record<string, string>;
      const forged = [
        await browser.post(hosted.url(path), bare),
        await browser.post(hosted.url(path), kept, { origin: 'https://evil.example' }),
        await openBrowser().post(hosted.url(path), kept),
      ];
      expect(forged.map(({ status }) => status)).toEqual([403, 403, 403]);
      const framed = await browser.post(hosted.url(path), kept, { 'sec-fetch-dest': 'iframe' });
      expect(framed.status).toBe(403);
      expect(sentTo(hosted, 'mallory')).toEqual([]);
    },
  );

  it('are named where their redirect is refused, and nothing of theirs is run', async () => {
    const browser = openBrowser();
    const redirect_uri = 'https://evil.example/<script>alert(1)</script>';
    const { location = '' } = await browser.get(hosted.url('/login', { redirect_uri }));
    const page = await browser.get(location);
    expect(alertOf(page)).toBe('redirect_mismatch');
    expect(page.text).toContain('https://evil.example/&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.text).not.toContain('<script>alert');
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'sha256-[^']+';/);
  });
});
