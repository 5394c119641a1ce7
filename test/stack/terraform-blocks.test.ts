import { describe, expect, it } from 'vitest';
import { expression, hcl, jsonencode, labelOf, terraformText } from '../../src/stack/terraform-blocks.ts';

describe('a value for Terraform', () => {
  it.each([
    ['a text that looks like an interpolation', 'cost \u0024{x} and %{if}', '"cost $\u0024{x} and %%{if}"'],
    ['quotes and line ends', 'a"b\nc', '"a\\"b\\nc"'],
    ['an expression by itself', expression('aws_iam_role.x.id'), 'aws_iam_role.x.id'],
    [
      'an expression inside of a text',
      `arn:${expression('a.b')}/*/${expression('c.d')}`,
      '"arn:\u0024{a.b}/*/\u0024{c.d}"',
    ],
    ['lists and objects', { a: [1, true, expression('v')], 'b:c': {} }, '{ "a" = [1, true, v], "b:c" = {} }'],
    ['a document', jsonencode({ Arn: `${expression('a.arn')}/x` }), 'jsonencode({ "Arn" = "\u0024{a.arn}/x" })'],
  ])('%s', (_what, value, expected) => {
    expect(hcl(value)).toBe(expected);
  });

  it.each([
    ['POST /orders/{id}', 'POST_orders_id'],
    ['/', 'root'],
    ['7days', '_7days'],
  ])('%s is called %s', (text, expected) => {
    expect(labelOf(text)).toBe(expected);
  });

  it('a block is written in the form of `terraform fmt`, and imports what stands before it', () => {
    const attributes = { name: 'n', hash_key: 'id', range_key: undefined };
    const blocks = {
      attribute: [
        { name: 'id', type: 'S' },
        { name: 'b', type: 'N' },
      ],
      ttl: undefined,
    };
    const text = terraformText({ type: 't', label: 'l', attributes, blocks, importId: 'api/1' });
    expect(text).toBe(`import {
  to = t.l
  id = "api/1"
}

resource "t" "l" {
  name     = "n"
  hash_key = "id"
  attribute {
    name = "id"
    type = "S"
  }
  attribute {
    name = "b"
    type = "N"
  }
}`);
  });
});
