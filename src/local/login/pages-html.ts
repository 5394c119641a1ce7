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
  showPassword,
} from './elements.ts';

export function loginPage(
  given: FormPage & {
    username: string;
    nameLabel: string;
    nameType: string;
    notice?: string | undefined;
    links: readonly Link[];
  },
): string {
  const { action, csrf, error, username, nameLabel, nameType, notice, links } = given;
  const failed = error !== undefined;
  const describedBy = failed ? 'problem' : undefined;
  return page({
    title: 'Sign in',
    poolName: given.poolName,
    content: `<p class="soft">to continue to ${escapeHtml(given.clientName)}</p>
${noticeBox(notice)}${alertBox('problem', error)}
<form method="post" action="${escapeHtml(action)}">
${hidden('_csrf', csrf)}
${field({ name: 'username', label: nameLabel, type: nameType, autocomplete: 'username', value: username, describedBy, isInvalid: failed, hasFocus: !failed || username === '' })}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', describedBy, isInvalid: failed, hasFocus: failed && username !== '' })}
${showPassword}
<button type="submit">Sign in</button>
</form>
${linkList(links)}`,
  });
}

export function newPasswordPage(
  given: FormPage & {
    username: string;
    session: string;
    policy: PasswordPolicyType;
    missing: readonly SchemaAttributeType[];
    values: (name: string) => string | undefined;
    /** The attribute that `error` is about; the password where there is none. */
    refused: string | undefined;
  },
): string {
  const { action, csrf, error, username, session, policy, missing, values, refused } = given;
  const isPasswordRefused = error !== undefined && refused === undefined;
  return page({
    title: 'Choose a new password',
    poolName: given.poolName,
    content: `<p class="soft">${escapeHtml(username)}, your password was temporary. Choose your own to continue to ${escapeHtml(given.clientName)}.</p>
${alertBox('problem', error)}
<form method="post" action="${escapeHtml(action)}">
${hidden('_csrf', csrf)}
${hidden('session', session)}
<input type="text" name="username" value="${escapeHtml(username)}" autocomplete="username" hidden readonly>
${newPasswordFields(policy, { label: 'New password', isRefused: isPasswordRefused, hasFocus: refused === undefined })}
${attributeFields(missing, { values, refused })}
<button type="submit">Set password and sign in</button>
</form>`,
  });
}

/** Whoever makes a link decides what is shown of it. */
const maxShown = 300;

/** `detail`: what the developer needs to mend it. `retry`: a path that begins anew. */
export function messagePage(given: {
  title: string;
  message: string;
  detail?: string;
  /** The redirect that was refused. */
  refused?: string;
  retry?: string;
}): string {
  const { title, message, detail, refused, retry } = given;
  return page({
    title,
    content: `<p class="alert" role="alert">${escapeHtml(message)}</p>
${detail === undefined ? '' : `<p class="soft">${escapeHtml(detail)}</p>`}
${refused === undefined ? '' : `<p class="soft">Refused: <code>${escapeHtml(refused.slice(0, maxShown))}</code></p>`}
${retry === undefined ? '' : `<p><a href="${escapeHtml(retry)}">Sign in again</a></p>`}`,
  });
}
