import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sentTo, wrongCode } from '../cognito/inbox-reader.ts';
import { addPool, addSmsRole, password } from '../cognito/pool-fixture.ts';
import { refusal } from '../refusal.ts';
import { hiddenFields, openBrowser } from './browser.ts';
import { type HostedFixture, startHosted } from './hosted-fixture.ts';

let hosted: HostedFixture;
beforeAll(async () => {
  const VerificationMessageTemplate = {
    DefaultEmailOption: 'CONFIRM_WITH_LINK' as const,
    EmailSubjectByLink: 'Welcome, {username}',
    EmailMessageByLink: 'Press {##this & that##}, {username}.',
    EmailMessage: 'a code, {####}',
  };
  hosted = await startHosted({ pool: { AutoVerifiedAttributes: ['email'], VerificationMessageTemplate } });
});
afterAll(() => hosted?.engine.stop());

const email = (name: string) => [{ Name: 'email', Value: `${name}@example.com` }];

async function signUp(Username: string): Promise<{ link: string; text: string; code: string }> {
  const { cognito, clientId: ClientId } = hosted;
  await cognito.signUp({ ClientId, Username, Password: password, UserAttributes: email(Username) });
  const { link = '', text = '', code = '' } = sentTo(hosted, Username).at(-1) ?? {};
  return { link, text, code };
}

async function statusOf(Username: string): Promise<(string | undefined)[]> {
  const { UserStatus, UserAttributes } = await hosted.cognito.adminGetUser({ UserPoolId: hosted.poolId, Username });
  return [UserStatus, UserAttributes?.find(({ Name }) => Name === 'email_verified')?.Value];
}

const titleOf = (text: string) => /<h1>([^<]*)</.exec(text)?.[1];

describe('a link that confirms an account', () => {
  it('is sent in the pool’s words, and confirms once when it is opened', async () => {
    const { link, text, code } = await signUp('ada');
    const url = new URL(link);
    expect(`${url.origin}${url.pathname}`).toBe(`${hosted.base}/confirmUser`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: hosted.clientId,
      user_name: 'ada',
      confirmation_code: code,
    });
    expect(text).toBe(`Press this & that <${link}>, ada.`);
    expect(sentTo(hosted, 'ada')[0]?.subject).toBe('Welcome, ada');
    // As programs look at the links of a mail before anybody reads it.
    expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
    expect(await statusOf('ada')).toEqual(['UNCONFIRMED', undefined]);
    const page = await openBrowser().get(link);
    expect([page.status, titleOf(page.text)]).toEqual([200, 'Your account is confirmed']);
    expect(await statusOf('ada')).toEqual(['CONFIRMED', 'true']);
    const again = await openBrowser().get(link);
    expect([again.status, titleOf(again.text)]).toEqual([400, 'This link cannot confirm an account']);
  });

  it.each<[string, Record<string, string>]>([
    ['of another code', { confirmation_code: '000000' }],
    ['of another user', { user_name: 'nobody' }],
    ['of another client', { client_id: 'nobody' }],
    ['without a code', { confirmation_code: '' }],
    ['with markup', { user_name: '<script>alert(1)</script>' }],
  ])('confirms nobody %s', async (which, change) => {
    const { link, code } = await signUp(which.replaceAll(' ', '-'));
    if (code === change.confirmation_code) return;
    const url = new URL(link);
    for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value);
    const page = await openBrowser().get(String(url));
    expect([page.status, titleOf(page.text)]).toEqual([400, 'This link cannot confirm an account']);
    expect(page.text).not.toContain('<script>alert');
    expect(await statusOf(which.replaceAll(' ', '-'))).toEqual(['UNCONFIRMED', undefined]);
  });

  it('tells nobody who has an account: another name and another code are refused alike', async () => {
    const { link, code } = await signUp('hidden');
    const openedWith = async (change: Record<string, string>) => {
      const url = new URL(link);
      for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value);
      return (await openBrowser().get(String(url))).text;
    };
    const confirmation_code = wrongCode(code);
    expect(await openedWith({ user_name: 'stranger', confirmation_code })).toBe(
      await openedWith({ confirmation_code }),
    );
  });

  it('is sent anew when asked for, and the one before ends', async () => {
    const { link: first, code } = await signUp('late');
    await hosted.cognito.resendConfirmationCode({ ClientId: hosted.clientId, Username: 'late' });
    const second = sentTo(hosted, 'late').at(-1);
    expect(second?.link).toContain('/confirmUser?');
    if (second?.code !== code) expect((await openBrowser().get(first)).status).toBe(400);
    expect((await openBrowser().get(second?.link ?? '')).status).toBe(200);
  });

  it('is what the pages speak of, who ask for no code then', async () => {
    const browser = openBrowser();
    const form = await browser.get(hosted.url('/signup'));
    const made = await browser.post(hosted.url('/signup'), {
      ...hiddenFields(form.text),
      username: 'grace',
      'userAttributes.email': 'grace@example.com',
      new_password: password,
      confirm_password: password,
    });
    expect(made.text).toContain('A link was sent to g***@e***. Open it to confirm your account.');
    expect(made.text).toContain('Send a new link');
    expect(made.text).not.toContain('name="code"');
  });

  it('is of new accounts alone: other addresses and passwords are proved by codes, phones too', async () => {
    const { cognito, clientId: ClientId, engine } = hosted;
    const { link } = await signUp('mover');
    await openBrowser().get(link);
    await cognito.forgotPassword({ ClientId, Username: 'mover' });
    expect(sentTo(hosted, 'mover').at(-1)).toMatchObject({ text: expect.stringMatching(/^a code, \d{6}$/) });
    expect(sentTo(hosted, 'mover').at(-1)).not.toHaveProperty('link');
    const { poolId: UserPoolId } = await addPool(cognito, {
      AutoVerifiedAttributes: ['phone_number'],
      VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_LINK' },
      SmsConfiguration: await addSmsRole(engine, 'sms'),
    });
    await cognito.createUserPoolDomain({ UserPoolId, Domain: 'phones' });
    const { UserPoolClient } = await cognito.createUserPoolClient({ UserPoolId, ClientName: 'phones' });
    const UserAttributes = [{ Name: 'phone_number', Value: '+15555550123' }];
    const account = { ClientId: UserPoolClient?.ClientId, Username: 'caller', Password: password, UserAttributes };
    await cognito.signUp(account);
    expect(sentTo(hosted, 'caller').at(-1)).not.toHaveProperty('link');
  });

  it('is refused by a pool without a domain, before a user is made', async () => {
    const { cognito } = hosted;
    const { poolId: UserPoolId } = await addPool(cognito, {
      AutoVerifiedAttributes: ['email'],
      VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_LINK' },
    });
    const { UserPoolClient } = await cognito.createUserPoolClient({ UserPoolId, ClientName: 'app' });
    const account = { Username: 'early', Password: password, UserAttributes: email('early') };
    expect(await refusal(cognito.signUp({ ClientId: UserPoolClient?.ClientId, ...account }))).toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('CONFIRM_WITH_LINK'),
    });
    expect((await cognito.listUsers({ UserPoolId })).Users).toEqual([]);
  });

  it.each([
    ['EmailMessageByLink', { EmailMessageByLink: 'Press here' }],
    ['EmailMessage', { EmailMessage: 'no code' }],
    ['SmsMessage', { SmsMessage: 'no code' }],
  ])('template without its place for the link or code is refused: %s', async (member, VerificationMessageTemplate) => {
    const making = hosted.cognito.createUserPool({ PoolName: 'p', VerificationMessageTemplate });
    expect(await refusal(making)).toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringMatching(new RegExp(member, 'i')),
    });
  });
});
