import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/local/velocity/evaluate.ts';
import { createMeter } from '../../../src/local/velocity/meter.ts';
import { parseTemplate } from '../../../src/local/velocity/parse.ts';
import { TemplateNotServed, TemplateSyntaxError } from '../../../src/local/velocity/syntax.ts';
import { parseJson } from '../../../src/local/velocity/values.ts';

const data = {
  text: 'Hello World',
  list: [3, 1, 2],
  map: { a: 1, b: 'two', c: [{ d: 5 }] },
  nothing: null,
  empty: '',
};

const fill = (template: string, known: object = data) =>
  evaluate(
    parseTemplate(template),
    new Map(Object.entries(known).map(([name, value]) => [name, parseJson(JSON.stringify(value), createMeter())])),
  );

/** Template → what Velocity on Java writes. */
const written: Record<string, [string, string][]> = {
  references: [
    [`$text \${text}s $!text`, 'Hello World Hello Worlds Hello World'],
    ['[$absent][$map.absent][$nothing]', '[][][]'],
    ['costs $5, $ and #fff', 'costs $5, $ and #fff'],
    ['\\$text \\\\$text', '$text \\Hello World'],
    ['$map.c[0].d $map["b"] $list[-1] $list[9]', '5 two 2 '],
    ['$map', '{a=1, b=two, c=[{"d":5}]}'],
    ['#set($x = {"k": [1, "v"]})$x $x.k', '{k=[1, v]} [1, v]'],
    ['$map.class$map.constructor$text.__proto__', ''],
  ],
  strings: [
    ['$text.length() $text.isEmpty() $empty.isEmpty()', '11 false true'],
    ['$text.contains("World") $text.contains("world")', 'true false'],
    ['$text.equals("Hello World") $text.equalsIgnoreCase("hello world")', 'true true'],
    ['$text.matches("Hello.*") $text.matches("Hello")', 'true false'],
    ['$text.replace("l", "$0.")', 'He$0.$0.o Wor$0.d'],
    ['$text.replaceAll("[aeiou]", "*") $text.replaceFirst("o", "0")', 'H*ll* W*rld Hell0 World'],
    ["$text.replaceAll('(\\w+) (\\w+)', '$2 $1')", 'World Hello'],
    ['#set($s = "a,b,,c,,")#foreach($part in $s.split(","))[$part]#end', '[a][b][][c]'],
    ['$text.split(" ").size() $text.split("o", 2)[1]', '2  World'],
    ['$text.substring(6) $text.substring(0, 5) $text.indexOf("o") $text.lastIndexOf("o")', 'World Hello 4 7'],
    ['[$text.concat("!")] [#set($s = "  x ")$s.trim()]', '[Hello World!] [x]'],
    ['$text.toLowerCase() $text.toUpperCase()', 'hello world HELLO WORLD'],
    ['$text.startsWith("He") $text.endsWith("He")', 'true false'],
    ['$text.compareTo("Help") $text.compareTo("Hello") $text.compareToIgnoreCase("HELLOS")', '-4 6 -83'],
    ['$text.compareToIgnoreCase("HELLO WORLD") #set($b = " ")$b.isBlank() $text.isBlank()', '0 true false'],
    ['$text.unlikely', ''],
  ],
  lists: [
    ['$list.size() $list.get(0) $list.isEmpty() $list.contains(1) $list.contains("1")', '3 3 false true false'],
    ['#set($l = [1])$l.add(2) $l #set($ok = $l.add(0, 9))$l$l.remove(0)$l', 'true [1, 2] [9, 1, 2]9[1, 2]'],
    ['$list.indexOf(2) $list.subList(1, 3) $list.empty', '2 [1,2] false'],
    ['#set($l = ["a", "b", "a"])$l.remove("b") $l.remove("z") $l.lastIndexOf("a") $l', 'true false 1 [a, a]'],
    ['$list.containsAll([1, 2]) $list.containsAll([9]) $list.toArray()[0] $list.count()', 'true false 3 3'],
    ['#set($l = [1, 2, 3])$l.removeAll([1, 3]) $l $!l.clear()$l.size()', 'true [2] 0'],
  ],
  maps: [
    ['$map.size() $map.isEmpty() $map.containsKey("a") $map.containsKey("z")', '3 false true false'],
    ['$map.keySet() $map.get("b") $map.get("z")', '[a, b, c] two '],
    ['#set($m = {"k": 1})$m.putIfAbsent("k", 2) $!m.putIfAbsent("n", 3)$m $!m.clear()$m.size()', '1 {k=1, n=3} 0'],
    ['#foreach($e in $map.entrySet())$e.key:$e.getValue();#end', 'a:1;b:two;c:[{"d":5}];'],
    ['#foreach($v in $map.values())$v;#end#foreach($v in $map)$v;#end', '1;two;[{"d":5}];1;two;[{"d":5}];'],
    ['#set($m = {})$!m.put("k", "v")#set($m.n = 1)#set($m["o"] = 2)$m', '{k=v, n=1, o=2}'],
  ],
  numbers: [
    ['#set($n = 7 / 2)$n #set($n = 7 % 2)$n #set($n = 7 / 2.0)$n #set($n = 1 / 0)[$n]', '3 1 3.5 []'],
    ['#set($n = 12345678901234567890 + 1)$n', '12345678901234567891'],
    ['#set($n = 1 + 2 * 3 - (4 - 1))$n #set($s = "a" + 1)$s', '4 a1'],
    ['#set($Integer = 0)#set($n = $Integer.parseInt("41") + 1)$n', '42'],
    [
      '#set($n = 0)$n.parseDouble("1.5") $n.parseLong("4000000000") #set($m = $n.parseDouble("2"))$m',
      '1.5 4000000000 2.0',
    ],
    ['#set($n = 0)$n.parseDouble(" -.5e1 ") $n.parseDouble("2f")', '-5.0 2.0'],
    ['#set($a = 1.0)$a #set($a = 1e10)$a #set($a = 0.00001)$a', '1.0 1.0E10 1.0E-5'],
  ],
  conditions: [
    ['#if($list && $map)y#{else}n#end #if($absent)y#{else}n#end #if($empty)y#{else}n#end', 'y n n'],
    ['#if(1 == 1.0)y#end#if("a" == "a")y#end#if($absent == $nothing)y#end#if($text != "x")y#end', 'yyyy'],
    ['#if(1 > 2)a#elseif(2 >= 2)b#{else}c#end', 'b'],
    ['#if(!($text == "x") && ("a" eq "b" || 2 lt 3))y#end', 'y'],
    ['#if(not true)a#elseif(false or true)b#end', 'b'],
  ],
  loops: [
    ['#foreach($n in $list)$foreach.index:$foreach.count:$n#if($foreach.hasNext),#end#end', '0:1:3,1:2:1,2:3:2'],
    ['#foreach($n in $list)#if($foreach.first)<#end$n#if($foreach.last)>#end#end', '<312>'],
    ['#foreach($n in [1..9])#if($n == 4)#break#end$n#end!', '123!'],
    ['#foreach($n in [3..1])$velocityCount$n #end', '13 22 31 '],
    ['#foreach($a in [1, 2])#foreach($b in [1, 2])$foreach.parent.count$b #end#end', '11 12 21 22 '],
    ['a#stop b', 'a'],
    ['#foreach($n in [1, 2])x#stop#end', 'x'],
    ['[#foreach($n in $absent)x#end]', '[]'],
  ],
  blocks: [
    // What it names is written where it is used, with the values of then.
    ['#define($b)<$n>#end#set($n = 1)$b#set($n = 2)$b', '<1><2>'],
    ['#define($b)<$n>#end#set($n = 1)#set($s = "$b$b")#set($n = 2)$s $b.toString() #if($b)y#end', '<1><1> <2> y'],
    ['#define($b)x$b#end$b', 'xx'],
    ['#define( $b )\n#foreach($k in $map.keySet())$k#if($foreach.hasNext),#end#end\n#end\n[$b]', '[a,b,c]'],
    ['#macro(twice $a)$a$a#end#twice("x")#twice($list.size())', 'xx33'],
    ['#macro( pair $a, $b )[$a|$b]#end#pair(1 2)#pair("a", $absent)#pair("only")', '[1|2][a|][only|]'],
    ['#set($a = "kept")#macro(m $a)$a#set($seen = $a)#end#m("inner")$a$seen', 'innerkeptinner'],
    ['#later("x")#macro(later $a)<$a>#end', '<x>'],
    ['#macro(down $n)$n#if($n > 0)#set($m = $n - 1)#down($m)#end#end#down(3)', '3210'],
    ['#macro(m)a#{end}#m()\nb#{m}()c #m', 'abac #m'],
    ['#macro(m)a#stop#end#m()b', 'a'],
    ['#unknown(1) #{unknown}(1)', '#unknown(1) #{unknown}(1)'],
  ],
  text: [
    ['a ## comment\nb #* and\n this *#c #[[ $text ]]#', 'a b c  $text '],
    ['x\n  #set($y = 1)\n$y', 'x\n1'],
    ['#if(true)\nyes\n#else\nno\n#end\nafter', 'yes\nafter'],
    ['#set($s = "in $text, $map.a")$s', 'in Hello World, 1'],
    ["#set($s = 'in $text')$s", 'in $text'],
    ['say "hi" \\n', 'say "hi" \\n'],
  ],
};

describe.each(Object.keys(written))('%s', (kind) => {
  it.each(written[kind] ?? [])('%s', (template, expected) => {
    expect(fill(template)).toBe(expected);
  });
});

describe('JSON', () => {
  it.each([
    ['{"n":12345678901234567890}', '12345678901234567890'],
    ['{"n":1.0}', '1.0'],
    ['{"n":-0.12345678901234567890123}', '-0.12345678901234567890123'],
    ['{"n":[1.0,"\\"",null,true,{}]}', '[1.0,"\\"",null,true,{}]'],
  ])('%s keeps its values', (json, expected) => {
    expect(evaluate(parseTemplate('$root.n'), new Map([['root', parseJson(json, createMeter())]]))).toBe(expected);
  });

  it('knows the names of no program', () => {
    const root = parseJson('{"__proto__":{"a":1},"constructor":2}', createMeter());
    expect(evaluate(parseTemplate('$root.get("__proto__").a$root.constructor'), new Map([['root', root]]))).toBe('12');
  });
});

const doubling = (line: (at: number) => string) => Array.from({ length: 18 }, (_, at) => line(at + 1)).join('');

describe('what is refused', () => {
  it.each([
    '#if($a)',
    '#foreach($a in',
    '#set($a = )',
    '#end',
    '#if(1)#else#else#end',
    '#define($a)',
    '#macro(m $a)',
    '#macro(1)#end',
  ])('%s is no template', (template) => {
    expect(() => parseTemplate(template)).toThrow(TemplateSyntaxError);
  });

  it.each(['#parse("x")', '#include("x")', '#evaluate("x")', '#macro(m)$!bodyContent#end#@m()x#end'])(
    '%s is not served',
    (template) => {
      expect(() => parseTemplate(template)).toThrow(TemplateNotServed);
    },
  );

  it.each([
    ['nesting', `#set($a = ${'('.repeat(100)}1${')'.repeat(100)})`],
    ['nested blocks', `${'#if(true)'.repeat(100)}${'#end'.repeat(100)}`],
  ])('too much %s', (_what, template) => {
    expect(() => parseTemplate(template)).toThrow(TemplateSyntaxError);
  });

  it.each([
    ['a string that doubles', '#set($s = "xx")#foreach($n in [1..64])#set($s = $s + $s)#end'],
    ['a list that doubles', '#set($l = [1])#foreach($n in [1..64])#set($x = $l.addAll($l))#end'],
    ['a number that squares', '#set($n = 3)#foreach($i in [1..64])#set($n = $n * $n)#end'],
    ['loops in loops', '#foreach($a in [1..1000])#foreach($b in [1..1000])x#end#end'],
    ['a macro without an end', '#macro(m)#m()#end#m()'],
    ['blocks that double', `#define($b0)x#end${doubling((at) => `#define($b${at})$b${at - 1}$b${at - 1}#end`)}$b18`],
    ['macros that double', `#macro(m0)x#end${doubling((at) => `#macro(m${at})#m${at - 1}()#m${at - 1}()#end`)}#m18()`],
    ['no integer', '#set($n = 0)$n.parseInt("1.5")'],
    ['an integer that is too large', '#set($n = 0)$n.parseInt("3000000000")'],
    ['no number', '#set($n = 0)$n.parseDouble("one")'],
    ['no number in Java', '#set($n = 0)$n.parseDouble("0x10")'],
    ['a place outside a list', '$list.get(3)'],
    ['a place outside a string', '$text.substring(12)'],
  ])('%s ends the template', (_what, template) => {
    expect(() => fill(template)).toThrow();
  });
});
