import { pick, type Random, strangeBodies, strangeHeaders, strangeJson, strangeSegments } from './values.ts';

/** What is sent, before it is signed. */
export interface WireRequest {
  method: string;
  path: string;
  query: Record<string, string | string[]>;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

type Mutation = (request: WireRequest, random: Random) => void;

/** Mutations by how often they are chosen: those of the body's values go deepest into the services. */
const mutations: readonly Mutation[] = [
  mutateValue,
  mutateValue,
  mutateValue,
  mutateValue,
  mutateBody,
  mutateHeader,
  mutatePath,
  mutateQuery,
  mutateMethod,
];

/** Makes one to three things of a valid request wrong. */
export function mutate(request: WireRequest, random: Random): void {
  for (let count = 1 + random(3); count > 0; count -= 1) pick(random, mutations)(request, random);
}

/** One value of a JSON or form body becomes another one, vanishes, or gets company. */
function mutateValue(request: WireRequest, random: Random): void {
  const text = typeof request.body === 'string' ? request.body : Buffer.from(request.body ?? '').toString('utf8');
  if (text.startsWith('{')) {
    // A strange text is set in as it is: what JSON.stringify would not write must arrive too.
    const places = [...text.matchAll(/:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|\{\}|\[\])/g)];
    const names = [...text.matchAll(/"((?:[^"\\]|\\.)*)"\s*:/g)];
    const what = random(6);
    if (what === 0 && names.length > 0) {
      const { index, 0: whole } = pick(random, names);
      request.body = `${text.slice(0, index)}${pick(random, ['"__proto__"', '"constructor"', '""', '"x"'])}:${text.slice(index + whole.length)}`;
    } else if (what === 1) {
      request.body = `{${pick(random, ['"__proto__"', '"toString"', '"extra"'])}:${pick(random, strangeJson)}${text === '{}' ? '' : ','}${text.slice(1)}`;
    } else if (places.length > 0) {
      const { index, 0: whole } = pick(random, places);
      request.body = `${text.slice(0, index)}:${pick(random, strangeJson)}${text.slice(index + whole.length)}`;
    } else request.body = pick(random, strangeJson);
  } else if (text.includes('=')) {
    const form = new URLSearchParams(text);
    const name = pick(random, [...form.keys()]);
    const what = random(4);
    if (what === 0) form.delete(name);
    else if (what === 1) form.append(name, pick(random, strangeJson));
    else if (what === 2) form.append(`${name}.member.99999999`, 'x');
    else form.set(name, pick(random, strangeJson));
    request.body = form.toString();
  } else request.body = pick(random, strangeJson);
}

function mutateBody(request: WireRequest, random: Random): void {
  const what = random(3);
  const body = Buffer.from(request.body ?? '');
  if (what === 0) request.body = body.subarray(0, random(body.length + 1));
  else if (what === 1 && body.length > 0) {
    const flipped = Buffer.from(body);
    for (let count = 1 + random(4); count > 0; count -= 1) flipped[random(flipped.length)] = random(256);
    request.body = flipped;
  } else request.body = pick(random, strangeBodies);
}

function mutateHeader(request: WireRequest, random: Random): void {
  const own = Object.keys(request.headers).filter((name) => !/^(host|content-length)$/i.test(name));
  if (random(3) === 0 && own.length > 0) delete request.headers[pick(random, own)];
  else {
    const [name, value] = pick(random, strangeHeaders);
    request.headers[name] = value;
  }
}

function mutatePath(request: WireRequest, random: Random): void {
  const segments = request.path.split('/');
  const at = random(segments.length + 1);
  const what = random(3);
  if (what === 0) segments.splice(at, 1);
  else if (what === 1) segments.splice(at, 0, pick(random, strangeSegments));
  else segments[at] = pick(random, strangeSegments);
  request.path = `/${segments.filter((_segment, index) => index > 0).join('/')}`;
}

function mutateQuery(request: WireRequest, random: Random): void {
  const names = Object.keys(request.query);
  const name = names.length > 0 && random(2) === 0 ? pick(random, names) : pick(random, ['limit', 'position', 'a', '']);
  const what = random(4);
  if (what === 0) delete request.query[name];
  else if (what === 1) request.query[name] = [pick(random, strangeJson), pick(random, strangeJson)];
  else request.query[name] = pick(random, strangeJson);
}

function mutateMethod(request: WireRequest, random: Random): void {
  request.method = pick(random, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND']);
}
