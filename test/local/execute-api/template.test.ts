import { describe, expect, it } from 'vitest';
import { unservedInTemplate } from '../../../src/local/execute-api/check-template.ts';
import { compileTemplate, newOverrides, overriddenAnswer } from '../../../src/local/execute-api/template.ts';
import { BodyNotJson } from '../../../src/local/execute-api/template-tools.ts';

const parameters = {
  path: { id: '7' },
  querystring: { q: 'a b', id: 'later' },
  header: { 'X-Mine': "it's", constructor: 'own' },
};
const context = { apiId: 'api', identity: { sourceIp: '127.0.0.1' }, requestTimeEpoch: 1_700_000_000_000 };
const base = { body: '', parameters, context, stageVariables: { table: 'items' } };

const fill = (template: string, body = '', overrides = newOverrides()) =>
  compileTemplate(template)({ ...base, body }, overrides);

const store = `{"books":[
  {"title":"One","price":8,"tags":["a"]},{"title":"Two","price":12.5},{"title":"Three","price":30,"isbn":"0-3"}
],"bike":{"price":20,"top-speed":1},"big":12345678901234567890,"one":1.0,"none":null}`;

/** Every member of `$input` and `$util` in AWS's mapping template reference. */
describe('$input', () => {
  it.each([
    ['$input.body', store],
    ["$input.json('$.big') $input.path('$.big')", '12345678901234567890 12345678901234567890'],
    ["$input.json('$.one') $input.path('$.one')", '1.0 1.0'],
    ["$input.json('$.none') [$input.path('$.none')]", 'null []'],
    ["$input.json('$.absent') [$input.path('$.absent')] [$input.path('$').absent]", '"" [] []'],
    ["$input.json('bike')", '{"price":20,"top-speed":1}'],
    ["$input.path('$').bike.price", '20'],
    [`$input.json("$['bike']['top-speed']") $input.path('$.bike.top-speed')`, '1 1'],
    ["$input.json('$.books[*].title')", '["One","Two","Three"]'],
    ["$input.json('$..price')", '[8,12.5,30,20]'],
    ["$input.json('$..[?(@.isbn)].title') $input.json('$..[?(@.price < 15)].price')", '["Three"] [8,12.5]'],
    ["$input.json('$.books[2]..*') $input.json('$.books..title')", '["Three",30,"0-3"] ["One","Two","Three"]'],
    [
      "$input.path('$.bike').entrySet() $input.path('$.books[0]').entrySet()",
      '[price=20, top-speed=1] [title=One, price=8, tags=["a"]]',
    ],
    [
      "$util.parseJson('{\"a\":1e400}') #set($x = $input.path('$.bike'))#set($x.far = $util.parseJson('1e400'))$input.json('$.bike')",
      '{a=Infinity} {"price":20,"top-speed":1,"far":null}',
    ],
    ["$input.json('$.books[-1].title') $input.json('$.books[0,2].title')", '"Three" ["One","Three"]'],
    ["$input.json('$.books[1:].title') $input.json('$.books[:1].title')", '["Two","Three"] ["One"]'],
    ["$input.json('$.books[?(@.price < 15)].title')", '["One","Two"]'],
    ["$input.json('$.books[?(@.isbn)].title')", '["Three"]'],
    [`$input.json("$.books[?(@.title == 'Two' || @.price >= 30)].price")`, '[12.5,30]'],
    [`$input.json("$.books[?(@.title =~ /t.*/i && !(@.isbn))].title")`, '["Two"]'],
    [`$input.json("$.books[?(@.title in ['One'])].price")`, '[8]'],
    ["$input.json('$.bike.*')", '[20,1]'],
    [`$input.json("$.bike['price','top-speed','none']")`, '{"price":20,"top-speed":1}'],
    [`$input.path("$['absent','nor-this']") $input.json("$.one['a','b']")`, '{} ""'],
    [`$input.json("$..['title','isbn']")`, '[{"title":"Three","isbn":"0-3"}]'],
    [`$input.json("$.books[0,1]['title','price']")`, '[{"title":"One","price":8},{"title":"Two","price":12.5}]'],
    [`$input.json("$['bike','one'].price")`, '[20]'],
    ["$input.json('$.books[7]')", '""'],
    ["$input.path('$.books').size() $input.path('$.books[0].title').length()", '3 3'],
    ["$input.params('id') $input.params('q') $input.params('X-Mine')", "7 a b it's"],
    ["[$input.params('absent')][$input.params('toString')]$input.params('constructor')", '[][]own'],
    ['$input.params().path.id $input.params().header.get("X-Mine")', "7 it's"],
    ["$input.params().keySet() $input.params().get('querystring').q", '[path, querystring, header] a b'],
  ])('%s', (template, expected) => {
    expect(fill(template, store)).toBe(expected);
  });

  it('takes text that is no JSON as a string, and nothing as {}', () => {
    expect(fill("#foreach($pair in $input.path('$').split('&'))[$pair]#end", 'a=1&b=2')).toBe('[a=1][b=2]');
    expect(fill("$input.json('$') [$input.path('$.a')]", 'a=1')).toBe('"a=1" []');
    expect(fill("$input.json('$')")).toBe('{}');
    expect(() => fill("$input.json('$')", '{"a":')).toThrow(BodyNotJson);
    expect(fill('fixed', '{"a":')).toBe('fixed');
  });
});

describe('a body that is no JSON object', () => {
  it.each([
    ['plain words', "$input.path('$') $input.path('$').length()", 'plain words 11'],
    ['<a>1</a>', "$input.json('$')|$util.escapeJavaScript($input.body)", '"<a>1</a>"|<a>1<\\/a>'],
    ['"text"', "[$input.path('$')][$input.path('$.length')]", '[text][]'],
    ['12.25', "$input.path('$') $input.json('$')", '12.25 12.25'],
    ['true', "#if($input.path('$'))yes#end", 'yes'],
    ['[3,{"a":4}]', "$input.path('$[1].a') $input.json('$[0]') $input.path('$').size()", '4 3 2'],
    ['a,b;c', "$input.path('$').split(';').get(1) $input.path('$').contains(',')", 'c true'],
  ])('%s: %s', (body, template, expected) => {
    expect(fill(template, body)).toBe(expected);
  });
});

describe('$util', () => {
  it.each([
    [`$util.escapeJavaScript('say "it"')`, 'say \\"it\\"'],
    [`$util.escapeJavaScript($input.params('X-Mine')).replaceAll("\\\\'", "'")`, "it's"],
    [`#set($o = $util.parseJson('{"a":[1.0,{"b":2}]}'))$o.a[1].b $o.a`, '2 [1.0,{"b":2}]'],
    ["[$util.parseJson('{nonsense')]", '[]'],
    ["[$util.parseJson('')][$util.parseJson('a b')]", '[][]'],
    [`[$util.parseJson('{"a":')][$util.parseJson('[1,2')]`, '[][]'],
    ['[$util.parseJson(\'{"a":1} tail\')]', '[]'],
    ["#set($o = $util.parseJson('undefined'))#if($o)y#{else}n#end[$o.a]", 'n[]'],
    ["$util.urlEncode('a b&c/ü') $util.urlDecode('a+b%26c')", 'a+b%26c%2F%C3%BC a b&c'],
    ["$util.urlDecode('caf%E9+%ff%C3%BC%F0%9F%98%80')", 'caf\ufffd \ufffdü😀'],
    [`#set($o = $util.parseJson('{"a":"x\\ud800😀"}'))$util.urlEncode($o.a)`, 'x%3F%F0%9F%98%80'],
    ["$util.base64Encode('hi') $util.base64Decode('aGk=')", 'aGk= hi'],
    ['[$util.escapeJavaScript($input.params().none)]', '[]'],
  ])('%s', (template, expected) => {
    expect(fill(template)).toBe(expected);
  });
});

describe('$context and $stageVariables', () => {
  it.each([
    ['$context.apiId $context.identity.sourceIp $context.requestTimeEpoch', 'api 127.0.0.1 1700000000000'],
    ['[$context.absent][$context.identity.absent][$context.authorizer.claims.sub]', '[][][]'],
    [
      `$stageVariables.table $stageVariables.get("table") \${stageVariables.table}[$stageVariables.absent]`,
      'items items items[]',
    ],
  ])('%s', (template, expected) => {
    expect(fill(template)).toBe(expected);
  });

  it('overrides the answer, and remembers it for the next template', () => {
    const overrides = newOverrides();
    const template = `#set($context.responseOverride.status = 418)
#set($context.responseOverride.header.X-Kind = "tea")
#set($context.responseOverride.header['x-size'] = 2)
#set($context.requestOverride.path.id = "new")`;
    expect(fill(template, '', overrides)).toBe('');
    expect(overriddenAnswer(overrides)).toEqual({
      status: '418',
      headers: [
        ['X-Kind', 'tea'],
        ['x-size', '2'],
      ],
    });
    const later =
      '$context.responseOverride.status $context.responseOverride.header.X-Kind $context.requestOverride.path.id';
    expect(fill(later, '', overrides)).toBe('418 tea new');
    expect(fill('[$context.responseOverride.status]')).toBe('[]');
  });
});

/** The template that the console offers as "Method request passthrough". */
const passthrough = `#set($allParams = $input.params())
{
"body-json" : $input.json('$'),
"params" : {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
"$type" : {
    #foreach($paramName in $params.keySet())
    "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
        #if($foreach.hasNext),#end
    #end
}
    #if($foreach.hasNext),#end
#end
},
"stage-variables" : {
#foreach($key in $stageVariables.keySet())
"$key" : "$util.escapeJavaScript($stageVariables.get($key))"
    #if($foreach.hasNext),#end
#end
},
"context" : {
    "api-id" : "$context.apiId",
    "api-key" : "$context.identity.apiKey",
    "source-ip" : "$context.identity.sourceIp",
    "user" : "$context.identity.user"
    }
}`;

it("fills in the console's standard template", () => {
  const filled = fill(passthrough, '{"a":[1]}').replaceAll("\\'", "'");
  expect(JSON.parse(filled)).toEqual({
    'body-json': { a: [1] },
    params: parameters,
    'stage-variables': { table: 'items' },
    context: { 'api-id': 'api', 'api-key': '', 'source-ip': '127.0.0.1', user: '' },
  });
});

/** The form in which the Serverless Framework puts requests to functions ("lambda" integration) since 2016. */
const serverless = `
#set( $body = $input.json("$") )

  #define( $loop )
    {
    #foreach($key in $map.keySet())
        #set( $k = $util.escapeJavaScript($key) )
        #set( $v = $util.escapeJavaScript($map.get($key)).replaceAll("\\\\'", "'") )
        "$k":
          "$v"
          #if( $foreach.hasNext ) , #end
    #end
    }
  #end

  {
    "body": $body,
    "principalId": "$context.authorizer.principalId",
    #set( $map = $context.authorizer )
    "enhancedAuthContext": $loop,
    #set( $map = $input.params().header )
    "headers": $loop,
    #set( $map = $input.params().path )
    "path": $loop,
    #set( $map = $context.identity )
    "identity": $loop,
    #set( $map = $stageVariables )
    "stageVariables": $loop
  }
`;

it("fills in the Serverless Framework's template", () => {
  expect(JSON.parse(fill(serverless, '{"a":[1]}'))).toEqual({
    body: { a: [1] },
    principalId: '',
    enhancedAuthContext: {},
    headers: parameters.header,
    path: parameters.path,
    identity: context.identity,
    stageVariables: { table: 'items' },
  });
});

describe('what is refused when it is put', () => {
  it.each([
    ['$util.toJson($input)', '$util.toJson'],
    ['$input.params.constructor("x")', 'the method constructor'],
    ['#set($x = $input.constructor("x"))', '$input.constructor'],
    ['$text.getClass()', '$text.getClass'],
    ['#if($x.y.formatted("a"))#end', 'the method formatted'],
    ['#evaluate($x)', 'the directive #evaluate'],
    ['#macro(m)$x.getClass()#end', '$x.getClass'],
    ['#define($b)$x.getClass()#end', '$x.getClass'],
    ['#macro(m $a)$a#end#m($x.getClass())', '$x.getClass'],
    ["$input.json('$.a.length()')", 'the JSONPath $.a.length()'],
    ["$input.path('$.a[?(@.b ~ 1)]')", 'the JSONPath $.a[?(@.b ~ 1)]'],
    ['$x.replaceAll("(a)\\1", "b")', 'the regular expression (back-references are not supported)'],
    [
      '#set($context.requestOverride.header.X-Amz-Invocation-Type = "Event")',
      '$context.requestOverride.header.X-Amz-Invocation-Type',
    ],
  ])('%s', (template, unserved) => {
    expect(unservedInTemplate(template)).toBe(unserved);
  });

  it.each([passthrough, serverless, '#foreach(', "$input.json('$.a')", '$x.replaceAll("a(b)", "c")', 'plain'])(
    'but not %#',
    (template) => {
      expect(unservedInTemplate(template)).toBeUndefined();
    },
  );
});
