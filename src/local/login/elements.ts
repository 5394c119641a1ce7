import type { PasswordPolicyType, SchemaAttributeType } from '@aws-sdk/client-cognito-identity-provider';
import { script } from './script.ts';
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

export function page({ title, content, poolName }: Page): string {
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
</main>${
    content.includes(showPassword)
      ? `
<script>${script}</script>`
      : ''
  }
</body>
</html>
`;
}

export const alertBox = (id: string, message: string | undefined): string =>
  message === undefined ? '' : `<p class="alert" role="alert" id="${id}">${escapeHtml(message)}</p>`;

export const noticeBox = (message: string | undefined): string =>
  message === undefined ? '' : `<p class="notice" role="status">${escapeHtml(message)}</p>`;

export interface Link {
  href: string;
  text: string;
}

export const linkList = (links: readonly Link[]): string =>
  links.length === 0
    ? ''
    : `<nav>${links.map(({ href, text }) => `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`).join('\n')}</nav>`;

export const hidden = (name: string, value: string): string =>
  `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`;

export interface Field {
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
  /** Digits alone. */
  isNumeric?: boolean;
}

export function field(given: Field): string {
  const { name, label, type, autocomplete, value, describedBy, isInvalid, hasFocus, minLength, isNumeric } = given;
  const attributes = [
    `id="${escapeHtml(name)}" name="${escapeHtml(name)}" type="${type}" autocomplete="${autocomplete}" required`,
    isNumeric ? 'inputmode="numeric" pattern="[0-9]+" maxlength="6"' : '',
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

/** Shown by the script alone: without one it could do nothing. */
export const showPassword =
  '<label class="show" hidden><input type="checkbox" data-show-password> Show password</label>';

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

export function passwordRules(policy: PasswordPolicyType): string[] {
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

/** Fields for a user's attributes, the refused one marked. */
export function attributeFields(
  schemas: readonly SchemaAttributeType[],
  given: { values: (name: string) => string | undefined; refused?: string | undefined },
): string {
  return schemas
    .map(({ Name: name = '' }) =>
      field({
        name: `userAttributes.${name}`,
        label: attributeLabels[name] ?? name.replace(/^custom:/, ''),
        type: attributeTypes[name] ?? 'text',
        autocomplete: attributeCompletions[name] ?? 'off',
        value: given.values(`userAttributes.${name}`) ?? '',
        describedBy: name === given.refused ? 'problem' : undefined,
        isInvalid: name === given.refused,
        hasFocus: name === given.refused,
      }),
    )
    .join('\n');
}

/** A new password, twice, with the pool's rules and a way to look at it. */
export function newPasswordFields(
  policy: PasswordPolicyType,
  given: { label: string; isRefused: boolean; hasFocus: boolean },
): string {
  const minLength = policy.MinimumLength ?? 8;
  const describedBy = given.isRefused ? 'problem rules' : 'rules';
  const rules = passwordRules(policy).map((rule) => `<li>${escapeHtml(rule)}</li>`);
  return `${field({ name: 'new_password', label: given.label, type: 'password', autocomplete: 'new-password', describedBy, isInvalid: given.isRefused, hasFocus: given.hasFocus, minLength })}
<ul class="hint" id="rules">${rules.join('')}</ul>
${field({ name: 'confirm_password', label: `${given.label} again`, type: 'password', autocomplete: 'new-password', minLength })}
${showPassword}`;
}
