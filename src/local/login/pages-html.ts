import type { PasswordPolicyType, SchemaAttributeType } from '@aws-sdk/client-cognito-identity-provider';
import { style } from './style.ts';

/** Safe inside text and double-quoted attributes. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

interface Page {
  title: string;
  /** Already HTML. */
  content: string;
  poolName?: string;
}

function page({ title, content, poolName }: Page): string {
  const footer = poolName === undefined ? '' : `<footer>User pool ${escapeHtml(poolName)}, on this machine</footer>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
${footer}
</main>
</body>
</html>
`;
}

const alertBox = (id: string, message: string | undefined): string =>
  message === undefined ? '' : `<p class="alert" role="alert" id="${id}">${escapeHtml(message)}</p>`;

const hidden = (name: string, value: string): string =>
  `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`;

interface Field {
  name: string;
  label: string;
  type: string;
  autocomplete: string;
  value?: string;
  /** Ids of what explains the field. */
  describedBy?: string | undefined;
  isInvalid?: boolean;
  hasFocus?: boolean;
  minLength?: number;
}

function field(given: Field): string {
  const { name, label, type, autocomplete, value, describedBy, isInvalid, hasFocus, minLength } = given;
  const attributes = [
    `id="${escapeHtml(name)}" name="${escapeHtml(name)}" type="${type}" autocomplete="${autocomplete}" required`,
    type === 'text' ? 'autocapitalize="none" spellcheck="false"' : '',
    value === undefined ? '' : `value="${escapeHtml(value)}"`,
    minLength === undefined ? '' : `minlength="${minLength}"`,
    describedBy === undefined ? '' : `aria-describedby="${describedBy}"`,
    isInvalid ? 'aria-invalid="true"' : '',
    hasFocus ? 'autofocus' : '',
  ];
  return `<label for="${escapeHtml(name)}">${escapeHtml(label)}</label>\n<input ${attributes.filter(Boolean).join(' ')}>`;
}

export interface FormPage {
  /** Where the form goes: path and query of this request. */
  action: string;
  csrf: string;
  error?: string | undefined;
  poolName: string;
  clientName: string;
}

export function loginPage(given: FormPage & { username: string; nameLabel: string; nameType: string }): string {
  const { action, csrf, error, username, nameLabel, nameType } = given;
  const failed = error !== undefined;
  const describedBy = failed ? 'problem' : undefined;
  return page({
    title: 'Sign in',
    poolName: given.poolName,
    content: `<p class="soft">to continue to ${escapeHtml(given.clientName)}</p>
${alertBox('problem', error)}
<form method="post" action="${escapeHtml(action)}">
${hidden('_csrf', csrf)}
${field({ name: 'username', label: nameLabel, type: nameType, autocomplete: 'username', value: username, describedBy, isInvalid: failed, hasFocus: !failed || username === '' })}
${field({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password', describedBy, isInvalid: failed, hasFocus: failed && username !== '' })}
<button type="submit">Sign in</button>
</form>`,
  });
}

const attributeLabels: Record<string, string> = {
  address: 'Address',
  birthdate: 'Date of birth',
  email: 'E-mail address',
  family_name: 'Family name',
  gender: 'Gender',
  given_name: 'Given name',
  locale: 'Locale',
  middle_name: 'Middle name',
  name: 'Name',
  nickname: 'Nickname',
  phone_number: 'Phone number, as +15555550100',
  picture: 'Picture URL',
  preferred_username: 'Preferred username',
  profile: 'Profile URL',
  updated_at: 'Updated at, in seconds',
  website: 'Website',
  zoneinfo: 'Time zone',
};
const attributeTypes: Record<string, string> = {
  birthdate: 'date',
  email: 'email',
  phone_number: 'tel',
  updated_at: 'number',
};
const attributeCompletions: Record<string, string> = {
  birthdate: 'bday',
  email: 'email',
  family_name: 'family-name',
  given_name: 'given-name',
  middle_name: 'additional-name',
  name: 'name',
  nickname: 'nickname',
  phone_number: 'tel',
  website: 'url',
};

function passwordRules(policy: PasswordPolicyType): string[] {
  const kinds: [boolean | undefined, string][] = [
    [policy.RequireUppercase, 'an upper-case letter'],
    [policy.RequireLowercase, 'a lower-case letter'],
    [policy.RequireNumbers, 'a digit'],
    [policy.RequireSymbols, 'a symbol'],
  ];
  const asked = kinds.flatMap(([isAsked, words]) => (isAsked ? [words] : []));
  return [
    `At least ${policy.MinimumLength ?? 8} characters`,
    ...(asked.length > 0 ? [`With ${asked.join(', ')}`] : []),
  ];
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
  const minLength = policy.MinimumLength ?? 8;
  const describedBy = isPasswordRefused ? 'problem rules' : 'rules';
  const attributes = missing.map(({ Name: name = '' }) =>
    field({
      name: `userAttributes.${name}`,
      label: attributeLabels[name] ?? name.replace(/^custom:/, ''),
      type: attributeTypes[name] ?? 'text',
      autocomplete: attributeCompletions[name] ?? 'off',
      value: values(`userAttributes.${name}`) ?? '',
      describedBy: name === refused ? 'problem' : undefined,
      isInvalid: name === refused,
      hasFocus: name === refused,
    }),
  );
  return page({
    title: 'Choose a new password',
    poolName: given.poolName,
    content: `<p class="soft">${escapeHtml(username)}, your password was temporary. Choose your own to continue to ${escapeHtml(given.clientName)}.</p>
${alertBox('problem', error)}
<form method="post" action="${escapeHtml(action)}">
${hidden('_csrf', csrf)}
${hidden('session', session)}
<input type="text" name="username" value="${escapeHtml(username)}" autocomplete="username" hidden readonly>
${field({ name: 'new_password', label: 'New password', type: 'password', autocomplete: 'new-password', describedBy, isInvalid: isPasswordRefused, hasFocus: refused === undefined, minLength })}
<ul class="hint" id="rules">${passwordRules(policy)
      .map((rule) => `<li>${escapeHtml(rule)}</li>`)
      .join('')}</ul>
${field({ name: 'confirm_password', label: 'New password again', type: 'password', autocomplete: 'new-password', minLength })}
${attributes.join('\n')}
<button type="submit">Set password and sign in</button>
</form>`,
  });
}

/** `detail`: what the developer needs to mend it. `retry`: a path that begins anew. */
export function messagePage(given: { title: string; message: string; detail?: string; retry?: string }): string {
  const { title, message, detail, retry } = given;
  return page({
    title,
    content: `<p class="alert" role="alert">${escapeHtml(message)}</p>
${detail === undefined ? '' : `<p class="soft">${escapeHtml(detail)}</p>`}
${retry === undefined ? '' : `<p><a href="${escapeHtml(retry)}">Sign in again</a></p>`}`,
  });
}
