import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unservedInTemplate } from '../../../src/local/execute-api/check-template.ts';
import { compileTemplate, newOverrides } from '../../../src/local/execute-api/template.ts';
import { createMeter } from '../../../src/local/velocity/meter.ts';
import { type GatewayFixture, startGateway, type TestApi } from './api-fixture.ts';

/** What templates and paths ask for has a bound, whoever wrote them and whoever sent the body: the engine has one thread. */

const list = (item: string, length: number) => `[${Array.from({ length }, () => item).join(',')}]`;
const bodies = {
  none: '',
  deep: '['.repeat(2_000) + ']'.repeat(2_000),
  objects: list('{"a":{"b":1}}', 60_000),
  strings: list('"abcdefgh"', 100_000),
  numbers: list('1', 300_000),
  few: list('1', 50_000),
  blanks: `a${' '.repeat(200_000)}b`,
};

const times = (body: string) => `#foreach($turn in [1..1000])${body}#end`;
const halves = (value: string) => `#foreach($turn in [1..64])#set($v = ${value})#end`;
const long = '#set($s = "aaaaaaaaaa")#foreach($n in [1..12])#set($s = $s + $s)#end';

describe('a template that asks for too much ends', () => {
  it.each<[string, keyof typeof bodies, string]>([
    ['descendants of descendants', 'deep', "$input.json('$..*..*')"],
    ['a search again and again', 'objects', times("#set($x = $input.path('$..a'))")],
    ['what is written again and again', 'objects', times("#set($x = $input.json('$'))")],
    ['a search by a long list', 'objects', `$input.json('$..[?(@.a.b in [${list('2', 3_000).slice(1, -1)}])]')`],
    ['a search by an expression', 'strings', times("#set($x = $input.path('$[?(@ =~ /(a|b|ab)*z/)]'))")],
    ['a list that holds itself twice, in turn', 'none', `#set($v = [1])${halves('[$v, $v]')}$v`],
    ['a map that does', 'none', `#set($v = {"a":1})${halves('{"a":$v,"b":$v}')}$v`],
    ['such a list as a text', 'none', `#set($v = [1])${halves('[$v, $v]')}#set($s = $v + "")`],
    ['such a list as a key', 'none', `#set($v = [1])${halves('[$v, $v]')}#set($m = {})$m.get($v)`],
    ['such a list compared', 'none', `#set($v = [1])${halves('[$v, $v]')}#if($v == $v)x#end`],
    ['a list within itself', 'none', '#set($v = [1])#set($x = $v.add($v))$v'],
    ['a list that doubles', 'none', '#set($l = [1])#foreach($n in [1..64])#set($x = $l.addAll($l))#end'],
    ['each member by each', 'strings', `#set($l = $input.path('$'))${times('#set($x = $l.contains("z"))')}`],
    ['a list moved up', 'numbers', `#set($l = $input.path('$'))${times('#set($x = $l.add(0, 1))')}`],
    ['a loop that ends at once', 'numbers', `#set($l = $input.path('$'))${times('#foreach($n in $l)#break#end')}`],
    ['a text replaced by longer ones', 'none', `#set($s = "aa")${times('#set($s = $s.replace("a", "aaaaaaaaaa"))')}`],
    ['such a text by an expression', 'none', `#set($s = "aa")${times('#set($s = $s.replaceAll("a", "aaaaaaaaaa"))')}`],
    ['an expression again and again', 'none', `${long}${times('#if($s.matches("(a|b|ab)*(a{1,50}){1,20}c"))x#end')}`],
    ['a text parted again and again', 'strings', times('#set($x = $input.body.split(","))')],
    [
      'a text looked for at every place',
      'blanks',
      '#set($p = $input.body.substring(1, 50000))$input.body.contains("b$p")',
    ],
    ['from the end', 'blanks', '#set($p = $input.body.substring(1, 50000))$input.body.lastIndexOf($p + "b")'],
    ['one that replaces it', 'blanks', '#set($p = $input.body.substring(1, 50000))$input.body.replace("b$p", "")'],
    ['names that are not there', 'few', `$input.json("$[*][${list("'n'", 3_000).slice(1, -1)}]")`],
    ['values compared with no member', 'few', `$input.json("$[?(${Array(300).fill('1 < 2').join('&&')})]")`],
    ['values alone', 'few', `$input.json("$[?(${Array(300).fill('1').join('&&')})]")`],
    ['a class of many characters', 'few', `$input.body.replaceAll("[${'xyz'.repeat(1_000)}]", "")`],
    [
      'a long expression again and again',
      'none',
      times(`#if($util.urlEncode("a").matches("[${'xyz'.repeat(100)}]"))x#end`),
    ],
    ['JSON read again and again', 'strings', times('#set($x = $util.parseJson($input.body))')],
  ])('%s', (_what, body, template) => {
    // Less than there is, so that the test does not take as long as each may.
    const fill = () =>
      compileTemplate(template)({ ...input, body: bodies[body] }, newOverrides(), createMeter(10_000_000));
    expect(fill).toThrow(/too many iterations or takes too long|Maximum call stack/);
  });

  // Each blank was once tried as the first of those at the end, which took seconds.
  it('blanks inside of a text are passed over once', () => {
    const trimmed = compileTemplate('$input.body.trim().length()');
    expect(trimmed({ ...input, body: `  ${bodies.blanks}\n ` }, newOverrides())).toBe('200002');
    expect(compileTemplate(`${bodies.blanks}\n  #set($x = 1)$x`)({ ...input, body: '' }, newOverrides())).toBe(
      `${bodies.blanks}\n1`,
    );
  }, 10_000);

  it.each([
    ['\\', 100_000],
    ['#* ', 100_000],
    ['#[[ ', 100_000],
  ])(
    '%j as often as a template holds it is read in time',
    (text, times) => {
      expect(compileTemplate(text.repeat(times))({ ...input, body: '' }, newOverrides())).toBe(text.repeat(times));
    },
    5_000,
  );

  // An expression was once a tree as deep as it is long, and overflowed the stack where it was put.
  it.each([
    ['1', '+ 1', 100_000, '', '100000'],
    ['1', '- 1', 100_000, '', '-99998'],
    ['2', '* 0', 50_000, '', '0'],
    ['1', '== 1', 50_000, '', 'false'],
    ['$absent', '|| $absent', 20_000, '|| true', 'true'],
    ['true', '&& true', 20_000, '&& $absent', 'false'],
    ['$input.json("$[?(@ == 1', '&& @ == 1', 20_000, ')]")', '[1]'],
    ['$input.json("$[?(@ == 2', '|| @ == 2', 20_000, '|| @ == 1)]")', '[1]'],
  ])('%s %s … is put and evaluated with %i terms', (first, more, terms, last, expected) => {
    const template = `#set($x = ${[first, ...Array<string>(terms - 1).fill(more), last].join(' ')})$x`;
    expect(unservedInTemplate(template)).toBeUndefined();
    expect(compileTemplate(template)({ ...input, body: '[1]' }, newOverrides())).toBe(expected);
  });

  it('and one that asks for all of a large body does not', () => {
    const body = list('{"a":[1,2.5,"text",null]}', 100_000);
    const filled = compileTemplate("$input.json('$')")({ ...input, body }, newOverrides());
    expect(filled).toBe(body);
    const removed = `#set($l = $input.path('$'))$l.removeAll(['x']) $l.size()`;
    expect(compileTemplate(removed)({ ...input, body: bodies.numbers }, newOverrides())).toBe('false 300000');
  });
});

const input = {
  parameters: { path: {}, querystring: {}, header: {} },
  context: {},
  stageVariables: {},
};

describe('an answer that cannot be shaped', () => {
  let fixture: GatewayFixture;
  let api: TestApi;
  const override = (value: string) => ({
    responses: {
      200: {
        integration: {
          responseTemplates: {
            'application/json': `#set($v = [1])${value}#set($context.responseOverride.status = $v)`,
          },
        },
      },
    },
  });
  beforeAll(async () => {
    fixture = await startGateway();
    api = await fixture.makeApi({
      '/plain': {},
      '/without-end': override(halves('[$v, $v]')),
      '/within-itself': override('#set($x = $v.add($v))'),
      '/header': {
        responses: {
          200: {
            method: { responseParameters: { 'method.response.header.X-Found': false } },
            integration: {
              responseParameters: { 'method.response.header.X-Found': 'integration.response.body..*..*' },
            },
          },
        },
      },
    });
  });
  afterAll(() => fixture?.engine.stop());

  it.each([
    ['/without-end', '{}'],
    ['/within-itself', '{}'],
    ['/header', bodies.deep],
  ])('%s is 500, and the next is served', async (path, body) => {
    expect((await api.call(path, { body })).status).toBe(500);
    expect((await api.call('/plain', { body: '{"answer":1}' })).body).toBe('1');
  });
});
