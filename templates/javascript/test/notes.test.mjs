// Run by `dynops exec -- npm test`, which brings up a stack of its own and says where it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const { API_URL, ID_TOKEN } = process.env;

/** A request with the token of the stack's user. */
async function request(method, path, body) {
  const response = await fetch(`${API_URL}${path}`, {
    method,
    headers: { authorization: ID_TOKEN, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json().catch(() => undefined) };
}

test('a note is kept, listed and deleted', async () => {
  assert.equal((await request('PUT', '/notes/1', { text: 'Buy milk' })).status, 200);
  assert.equal((await request('GET', '/notes/1')).body.text, 'Buy milk');
  assert.equal((await request('GET', '/notes')).body.length, 1);
  assert.equal((await request('DELETE', '/notes/1')).status, 204);
  assert.equal((await request('GET', '/notes/1')).status, 404);
});

test('a note without text is refused', async () => {
  const { status, body } = await request('PUT', '/notes/2', {});
  assert.equal(status, 400);
  assert.match(body.message, /text/);
});

test('nobody reads notes without a token, anyone may ask for health', async () => {
  assert.equal((await fetch(`${API_URL}/notes`)).status, 401);
  assert.deepEqual(await (await fetch(`${API_URL}/health`)).json(), { ok: true });
});
