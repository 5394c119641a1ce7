import type { PasswordPolicyType, SchemaAttributeType } from '@aws-sdk/client-cognito-identity-provider';
import {
  alertBox,
  attributeFields,
  escapeHtml,
  type FormPage,
  field,
  hidden,
  type Link,
  linkList,
  newPasswordFields,
  noticeBox,
  page,
} from './elements.ts';

const inboxHint = '<p class="soft">Messages stay on this machine: <code>dynops local inbox</code> shows them.</p>';

const codeField = (isInvalid: boolean) =>
  field({
    name: 'code',
    label: 'Code',
    type: 'text',
    autocomplete: 'one-time-code',
    describedBy: isInvalid ? 'problem' : undefined,
    isInvalid,
    hasFocus: true,
    isNumeric: true,
  });

/** For password managers, which keep a password by the name beside it. */
const usernameOf = (username: string) =>
  `<input type="text" name="username" value="${escapeHtml(username)}" autocomplete="username" hidden readonly>`;

export function signUpPage(
  given: FormPage & {
    nameLabel: string;
    nameType: string;
    policy: PasswordPolicyType;
    attributes: readonly SchemaAttributeType[];
    values: (name: string) => string | undefined;
    /** The field that `error` is about: `username`, an attribute, or else the password. */
    refused: string | undefined;
    links: readonly Link[];
  },
): string {
  const { action, csrf, error, nameLabel, nameType, policy, attributes, values, refused, links } = given;
  const isNameRefused = refused === 'username';
  return page({
    title: 'Create an account',
    poolName: given.poolName,
    content: `<p class="soft">to continue to ${escapeHtml(given.clientName)}</p>
${alertBox('problem', error)}
<form method="post" action="${escapeHtml(action)}">
${hidden('_csrf', csrf)}
${field({ name: 'username', label: nameLabel, type: nameType, autocomplete: 'username', value: values('username') ?? '', describedBy: isNameRefused ? 'problem' : undefined, isInvalid: isNameRefused, hasFocus: isNameRefused || error === undefined })}
${attributeFields(attributes, { values, refused })}
${newPasswordFields(policy, { label: 'Password', isRefused: error !== undefined && refused === undefined, hasFocus: error !== undefined && refused === undefined })}
<button type="submit">Create account</button>
</form>
${linkList(links)}`,
  });
}

export function confirmPage(
  given: FormPage & {
    username: string;
    session: string | undefined;
    notice: string;
    resendAction: string;
    /** No code was sent that could be entered. */
    isByLink: boolean;
    links: readonly Link[];
  },
): string {
  const { action, csrf, error, username, session, notice, resendAction, isByLink, links } = given;
  const sealed = session === undefined ? '' : hidden('session', session);
  const kept = `${hidden('_csrf', csrf)}${hidden('username', username)}${sealed}`;
  const codeForm = `<form method="post" action="${escapeHtml(action)}">
${kept}
${codeField(error !== undefined)}
<button type="submit">Confirm account</button>
</form>`;
  return page({
    title: 'Confirm your account',
    poolName: given.poolName,
    content: `${noticeBox(notice)}
${inboxHint}
${alertBox('problem', error)}
${isByLink ? '' : codeForm}
<form method="post" action="${escapeHtml(resendAction)}">
${kept}
<button type="submit" class="plain">Send a new ${isByLink ? 'link' : 'code'}</button>
</form>
${linkList(links)}`,
  });
}

export const confirmedPage = (poolName: string): string =>
  page({
    title: 'Your account is confirmed',
    poolName,
    content: noticeBox('Your e-mail address is verified, and you can sign in now.'),
  });

export function forgotPage(
  given: FormPage & { username: string; nameLabel: string; nameType: string; links: readonly Link[] },
): string {
  const { action, csrf, error, username, nameLabel, nameType, links } = given;
  const isInvalid = error !== undefined;
  return page({
    title: 'Forgotten password',
    poolName: given.poolName,
    content: `<p class="soft">A code will be sent to the address of your account. With it you can choose a new password.</p>
${alertBox('problem', error)}
<form method="post" action="${escapeHtml(action)}">
${hidden('_csrf', csrf)}
${field({ name: 'username', label: nameLabel, type: nameType, autocomplete: 'username', value: username, describedBy: isInvalid ? 'problem' : undefined, isInvalid, hasFocus: true })}
<button type="submit">Send a code</button>
</form>
${linkList(links)}`,
  });
}

export function resetPage(
  given: FormPage & {
    username: string;
    notice: string;
    policy: PasswordPolicyType;
    /** Whether `error` is about the password, and not about the code. */
    isPasswordRefused: boolean;
    links: readonly Link[];
  },
): string {
  const { action, csrf, error, username, notice, policy, isPasswordRefused, links } = given;
  return page({
    title: 'Choose a new password',
    poolName: given.poolName,
    content: `${noticeBox(notice)}
${inboxHint}
${alertBox('problem', error)}
<form method="post" action="${escapeHtml(action)}">
${hidden('_csrf', csrf)}
${usernameOf(username)}
${codeField(error !== undefined && !isPasswordRefused)}
${newPasswordFields(policy, { label: 'New password', isRefused: isPasswordRefused, hasFocus: false })}
<button type="submit">Set password</button>
</form>
${linkList(links)}`,
  });
}
